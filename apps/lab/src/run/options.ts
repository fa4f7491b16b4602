import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Refusal } from '@twinstore/local';
import { adapted } from '../plans/adapt.ts';
import { expectedMs, plans } from '../plans/index.ts';
import type { Plan } from '../plans/plan.ts';
import { contenderNames, isContender } from '../stage/contenders.ts';
import { parseStore } from '../stage/running-stores.ts';
import type { RunSettings } from './model.ts';
import { duration } from './schedule.ts';

export interface RunOptions {
  /** As wished. */
  readonly plan: Plan;
  readonly settings: RunSettings;
  /** Folder for the results; undefined: one of its own. */
  readonly out: string | undefined;
  /** Progress goes to standard output as JSON, a line for each. */
  readonly progressJson: boolean;
}

const planLines = Object.values(plans).map(
  (plan) => `  ${plan.name.padEnd(9)} ${plan.title} (${duration(Math.round(expectedMs(plan) / 60_000) * 60_000)})`,
);

export const runUsage = `Usage: npm run lab -- run [PLAN] [options]        (npm run compare is: run compare)

Loads each contender with the same shopper sessions, in turn and several times, audits stock, money, orders and carts
after each trial, and leaves a report. Plans, and how long they take:

${planLines.join('\n')}

  --contenders LIST  names, with commas between them: ${contenderNames.join(', ')}, monolith-x4, ...
  --blocks N         how often each contender is started afresh and measured
  --budget KIND      shared: one pool of cores for all that a contender consists of; split: a fixed part for each (shared)
  --carts KIND       where the microservices keep carts: postgres or mongodb (postgres)
  --rate N           sessions that arrive per second at every fixed rate, 7 to 8 requests each
  --seconds S        length of the measured window of every fixed rate, in whole seconds
  --warm-up S        length of every warm-up, in whole seconds
  --url [NAME=]URL[,URL...]
                     a store that runs already, and the services behind it; once for each store. None is then
                     started here, the payment provider is PROVIDER_URL, and nobody else may shop meanwhile
  --seed TEXT        decides all that is random (a new one each time)
  --out FOLDER       where report.html, report.md and results.json go (.twinstore/results/<time>-<plan>)
  --smoke            a short run that shows that everything works, and measures next to nothing
  --progress-json    a line of JSON for each step, for programs
  --help             this text

Ctrl-C ends it, with a report of what was finished by then.
Exit code: 0 fine, 1 an audit found a violation or a contender failed, 2 it cannot be done as asked, 130 stopped.
`;

/** Parses the arguments of \`run\`. \`undefined\`: help was asked for. \`runningStores\`: what to compare where none is named.
 *  @throws Refusal  a sentence that names the option and what it takes */
export function parseRun(args: readonly string[], runningStores: readonly string[] = []): RunOptions | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [name = 'compare', ...others] = positionals;
  if (others.length > 0) throw new Refusal(`One plan at a time: got "${positionals.join(' ')}".`);
  const plan = plans[name];
  if (!plan) throw new Refusal(`There is no plan "${name}": use one of ${Object.keys(plans).join(', ')}.`);
  const wishes = {
    blocks: given(values.blocks, (text) => wholeNumber('blocks', text, 1, 100)),
    rate: given(values.rate, (text) => number('rate', text, 0.1, 5000)),
    seconds: given(values.seconds, (text) => wholeNumber('seconds', text, 1, 86_400)),
    warmUpSeconds: given(values['warm-up'], (text) => wholeNumber('warm-up', text, 1, 600)),
    smoke: values.smoke ?? false,
  };
  const stores = (values.url ?? runningStores).map(parseStore);
  const isKnown = stores.length > 0 ? (each: string) => stores.some(({ name }) => name === each) : isContender;
  const known = stores.length > 0 ? stores.map(({ name }) => name) : plan.contenders;
  return {
    plan: adapted(plan, wishes),
    settings: {
      contenders: values.contenders === undefined ? known : chosen(values.contenders, isKnown, known),
      seed: values.seed ?? String(randomInt(1_000_000)),
      ...wishes,
      budget: oneOf('budget', values.budget, ['shared', 'split']),
      carts: oneOf('carts', values.carts, ['postgres', 'mongodb']),
      stores,
    },
    out: values.out,
    progressJson: values['progress-json'] ?? false,
  };
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const known = {
  contenders: text,
  blocks: text,
  budget: text,
  carts: text,
  rate: text,
  seconds: text,
  'warm-up': text,
  url: { type: 'string', multiple: true },
  seed: text,
  out: text,
  smoke: flag,
  'progress-json': flag,
  help: flag,
} as const;

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: true });
  } catch (error) {
    // "TypeError [ERR_...]: Unknown option '--fast'. To specify ...": the part in the middle is the one for people.
    const [sentence = ''] = String(error)
      .replace(/^[^:]*: /, '')
      .split(/\.? (?=[A-Z])/);
    throw new Refusal(`${sentence.replace(/\.$/, '')}; --help lists the options.`);
  }
}

const given = <T>(text: string | undefined, parse: (text: string) => T): T | undefined =>
  text === undefined ? undefined : parse(text);

function number(name: string, given: string, least: number, most: number): number {
  const value = given.trim() === '' ? NaN : Number(given);
  if (value >= least && value <= most) return value;
  throw new Refusal(`--${name} must be a number from ${least} to ${most}, got "${given}".`);
}

function wholeNumber(name: string, given: string, least: number, most: number): number {
  const value = number(name, given, least, most);
  if (Number.isInteger(value)) return value;
  throw new Refusal(`--${name} must be a whole number from ${least} to ${most}, got "${given}".`);
}

function chosen(list: string, isKnown: (name: string) => boolean, known: readonly string[]): readonly string[] {
  const names = [...new Set(list.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !isKnown(name));
  if (wrong === undefined) return names;
  throw new Refusal(`--contenders takes names such as ${known.join(', ')}, separated by commas, got "${wrong}".`);
}

function oneOf<T extends string>(name: string, given: string | undefined, choices: readonly [T, ...T[]]): T {
  const found = choices.find((choice) => choice === (given ?? choices[0]));
  if (found !== undefined) return found;
  throw new Refusal(`--${name} must be ${choices.join(' or ')}, got "${given}".`);
}
