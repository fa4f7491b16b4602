import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Refusal } from '@twinstore/local';
import { contenderNames } from '../stage/contenders.ts';
import { parseStore, type RunningStore } from '../stage/running-stores.ts';

export interface CompareOptions {
  /** Sessions per second. */
  readonly rate: number;
  readonly warmUpMs: number;
  /** Length of the measured window. */
  readonly windowMs: number;
  readonly blocks: number;
  readonly contenders: readonly string[];
  /** Stores that run already; none: contenders are started afresh. */
  readonly stores: readonly RunningStore[];
  readonly seed: string;
  /** File for the JSON; undefined: one named after the time, in `.twinstore/results`. */
  readonly out: string | undefined;
  readonly carts: 'postgres' | 'mongodb';
  readonly smoke: boolean;
}

const defaults = { rate: 15, duration: 10, warmUp: 5, blocks: 5 };
const smokeDefaults = { rate: 5, duration: 3, warmUp: 1, blocks: 1 };

export const usage = `Usage: npm run compare -- [options]

Loads each contender with the same shopper sessions, in turn and several times, and compares
throughput, latency, CPU time and memory. Stock, money and orders are audited after each trial.

  --contenders LIST  ${contenderNames.join(',')} (all of them)
  --rate N           sessions that arrive per second, 7 to 8 requests each (${defaults.rate})
  --duration S       measured seconds per trial (${defaults.duration})
  --warm-up S        seconds of the same load before, not measured (${defaults.warmUp})
  --blocks N         how often each contender is started afresh and measured (${defaults.blocks})
  --carts KIND       where the microservices keep carts: postgres or mongodb (postgres)
  --url NAME=URL[,URL...]
                     a store that runs already, and the services behind it; once for each store. None is then
                     started here, the payment provider is PROVIDER_URL, and nobody else may shop meanwhile
  --seed TEXT        decides all that is random (a new one each time)
  --out FILE         where the results go as JSON (.twinstore/results/<time>.json)
  --smoke            a short run that shows that everything works, and measures next to nothing
  --help             this text

Exit code: 0 fine, 1 an audit found a violation or a contender failed, 2 a wrong option.
`;

/** Parses the command line. `undefined`: help was asked for. `runningStores`: what to compare where it names none.
 *
 *  @throws Refusal  a sentence that names the option and what it takes */
export function parseOptions(
  args: readonly string[],
  runningStores: readonly string[] = [],
): CompareOptions | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const stores = (values.url ?? runningStores).map(parseStore);
  const byDefault = values.smoke ? smokeDefaults : defaults;
  return {
    rate: number('rate', values.rate, byDefault.rate, 0.1, 2000),
    windowMs: number('duration', values.duration, byDefault.duration, 1, 3600) * 1000,
    warmUpMs: number('warm-up', values['warm-up'], byDefault.warmUp, 0, 600) * 1000,
    blocks: wholeNumber('blocks', values.blocks, byDefault.blocks, 1, 100),
    contenders: chosen(values.contenders, stores.length > 0 ? stores.map(({ name }) => name) : contenderNames),
    stores,
    seed: values.seed ?? String(randomInt(1_000_000)),
    out: values.out,
    carts: carts(values.carts),
    smoke: values.smoke ?? false,
  };
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;
const known = {
  rate: text,
  duration: text,
  'warm-up': text,
  blocks: text,
  contenders: text,
  url: texts,
  seed: text,
  out: text,
  carts: text,
  smoke: flag,
  help: flag,
};

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // "TypeError [ERR_...]: Unknown option '--fast'. To specify ...": the part in the middle is the one for people.
    const [sentence = ''] = String(error)
      .replace(/^[^:]*: /, '')
      .split(/\.? (?=[A-Z])/);
    throw new Refusal(`${sentence.replace(/\.$/, '')}; --help lists the options.`);
  }
}

function number(name: string, given: string | undefined, byDefault: number, least: number, most: number): number {
  if (given === undefined) return byDefault;
  const value = given.trim() === '' ? NaN : Number(given);
  if (value >= least && value <= most) return value;
  throw new Refusal(`--${name} must be a number from ${least} to ${most}, got "${given}".`);
}

function wholeNumber(name: string, given: string | undefined, byDefault: number, least: number, most: number): number {
  const value = number(name, given, byDefault, least, most);
  if (Number.isInteger(value)) return value;
  throw new Refusal(`--${name} must be a whole number from ${least} to ${most}, got "${given}".`);
}

function chosen(list: string | undefined, known: readonly string[]): readonly string[] {
  if (list === undefined) return known;
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return names;
  throw new Refusal(`--contenders takes names from ${known.join(', ')}, separated by commas, got "${wrong}".`);
}

function carts(given = 'postgres'): 'postgres' | 'mongodb' {
  if (given === 'postgres' || given === 'mongodb') return given;
  throw new Refusal(`--carts must be postgres or mongodb, got "${given}".`);
}
