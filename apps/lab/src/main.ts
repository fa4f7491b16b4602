import { readSettings, Refusal, tell } from '@twinstore/local';
import { compare } from './run/compare.ts';
import { parseOptions, usage } from './run/options.ts';
import { readCost } from './read-cost.ts';

const stopping = new AbortController();
// Ctrl-C arrives more than once: from the terminal, and from npm and the bootstrap that pass it on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// A closed pipe must not keep us from stopping what runs.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort());

const say = (line: string) => void process.stdout.write(`${line}\n`);
const [command, ...args] = process.argv.slice(2);

try {
  if (command === 'read-cost') process.exitCode = await readCost(say, stopping.signal);
  else if (command === 'compare') {
    const options = parseOptions(args, readSettings().COMPARE_STORES?.trim().split(/\s+/));
    if (options) process.exitCode = await compare(options, say, stopping.signal);
    else say(usage);
  } else throw new Refusal(`The lab's commands are compare and read-cost; there is none called "${command ?? ''}".`);
} catch (error) {
  process.exitCode = stopping.signal.aborted ? 130 : error instanceof Refusal ? 2 : 1;
  process.stderr.write(`${tell(error)}\n`);
}
