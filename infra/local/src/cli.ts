import { deadLetters } from './dead-letters.ts';
import { conformance, lab, mutants } from './delegates.ts';
import { terminal } from './lines.ts';
import { root } from './paths.ts';
import { tell } from './refusal.ts';
import { reset } from './reset.ts';
import { start } from './start.ts';
import { test } from './test.ts';

/** Each answers its exit code. They stop what they started when the signal is aborted. */
const commands: Record<string, (args: string[], signal: AbortSignal) => Promise<number>> = {
  start: (_, signal) => start(terminal, signal),
  test: (args, signal) => test(args, terminal, signal),
  // Tests alone, for working on one package: no static checks, and no doors unless --doors.
  jest: (args, signal) =>
    test(['--no-checks', ...(args.includes('--doors') ? [] : ['--no-doors']), ...args], terminal, signal),
  lab: lab(),
  compare: lab('run', 'compare'),
  'read-cost': lab('read-cost'),
  conformance: (args, signal) => conformance(args, signal),
  mutants: (args, signal) => mutants(args, signal),
  'dead-letters': (args) => deadLetters(args, terminal),
  reset: () => reset(terminal),
};

const stopping = new AbortController();
// Ctrl-C arrives more than once: from the terminal, from npm and from the bootstrap.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// The channel to the bootstrap closes when that was killed: nobody is left who could stop us.
process.on('disconnect', () => stopping.abort());
process.channel?.unref();
// A closed pipe or terminal must not keep us from stopping what runs.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort());

process.chdir(root);
const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  terminal.say(`There is no command "${name}": use one of ${Object.keys(commands).join(', ')}.`);
  process.exit(1);
}
try {
  process.exitCode = await command(args, stopping.signal);
} catch (error) {
  const calledOff = stopping.signal.aborted;
  process.exitCode = calledOff ? 130 : 1;
  process.stderr.write(calledOff ? 'Stopped.\n' : `${tell(error)}\n`);
}
