import { parseArgs } from 'node:util';
import { Refusal } from '@twinstore/local';

/** The parts of the self-test, and what each is about. */
export const checks = {
  aa: 'the monolith against itself: no difference may be named',
  ab: 'the monolith against a slower one: a difference has to be named',
  generator: 'what the generator costs beside wrk, and the rate up to which it is on time',
  delay: 'what it says of a server whose delay is known',
  stall: 'what it says of a server that stalls for a second',
  mutants: 'stores with a fault made on purpose, which the audit has to find',
} as const;
export type CheckName = keyof typeof checks;
const names = Object.keys(checks) as CheckName[];

export interface SelfTestOptions {
  readonly only: readonly CheckName[];
  readonly quick: boolean;
}

export const usage = `Usage: npm run lab -- selftest [options]

Shows that the lab finds what is there, and nothing that is not. Takes 15 to 20 minutes, or 11 with --quick, on a
machine that has nothing else to do.

${names.map((name) => `  ${name.padEnd(10)} ${checks[name]}`).join('\n')}

  --only LIST  some of them, with commas between
  --quick      fewer and shorter rounds
  --help       this text

Exit code: 0 all passed or were skipped, 1 one failed, 2 it cannot be done here, 130 stopped.
`;

/** \`undefined\`: help was asked for. @throws Refusal  a sentence that names what is wrong */
export function parseSelfTest(args: readonly string[]): SelfTestOptions | undefined {
  const { only, quick = false, help } = parsed(args);
  if (help) return undefined;
  const wanted = only?.split(',').map((name) => name.trim()) ?? names;
  const wrong = wanted.find((name) => !Object.hasOwn(checks, name));
  if (wrong !== undefined) throw new Refusal(`--only takes ${names.join(', ')}, with commas between, got "${wrong}".`);
  return { only: names.filter((name) => wanted.includes(name)), quick };
}

function parsed(args: readonly string[]) {
  const options = { only: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message.split('. ')[0] : error}; --help lists the options.`);
  }
}
