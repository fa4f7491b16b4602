import { readSettings, Refusal, tell as told } from '@twinstore/local';
import { parseRun, runUsage } from './run/options.ts';
import { runPlan } from './run/run.ts';
import { jsonProgress, textProgress } from './run/show.ts';

const stopping = new AbortController();
// Ctrl-C arrives more than once: from the terminal, and from npm and the bootstrap that pass it on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// A closed pipe must not keep us from stopping what runs.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort());

const say = (line: string) => void process.stdout.write(`${line}\n`);
const { signal } = stopping;

const usage = `Usage: npm run lab -- COMMAND [arguments]

  run [PLAN]           loads the contenders as a plan says, and leaves a report (run --help)
  selftest             shows that the lab finds what is there, and nothing that is not
  report FOLDER        makes the reports again from the raw results of a run
  compare-reports A B  sets the results of two runs side by side
  serve                the lab page: choose a plan, watch it run, open reports
  read-cost            CPU time of one product read, beside bare Express and pg
`;

/** Each answers its exit code. Loaded when asked for: one does not pay for another's libraries. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  run,
  // As in `docker compose run --rm lab compare`.
  compare: (args) => run(['compare', ...args]),
  async selftest(args) {
    const { selftest } = await import('./selftest/selftest.ts');
    return selftest(args, say, signal);
  },
  async report([folder = '']) {
    const { reportAgain } = await import('./report/again.ts');
    return reportAgain(folder, say);
  },
  async 'compare-reports'([one = '', other = '']) {
    const { compareReports, readResults } = await import('./report/compare-reports.ts');
    const { text, agree } = compareReports(readResults(one), readResults(other));
    say(text);
    return agree ? 0 : 1;
  },
  async serve() {
    const { serveLab } = await import('./page/serve.ts');
    return serveLab(signal);
  },
  async 'read-cost'() {
    const { readCost } = await import('./read-cost.ts');
    return readCost(say, signal);
  },
};

async function run(args: readonly string[]): Promise<number> {
  const options = parseRun(args, readSettings().COMPARE_STORES?.trim().split(/\s+/));
  if (!options) {
    say(runUsage);
    return 0;
  }
  const { tell, end } = options.progressJson ? jsonProgress() : textProgress();
  const { exitCode, results, analysis } = await runPlan(options, tell, signal);
  await end(results, analysis);
  return exitCode;
}

const [name = 'help', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command) process.exitCode = await command(args);
  else if (['help', '--help', '-h'].includes(name)) say(usage);
  else throw new Refusal(`The lab's commands are ${Object.keys(commands).join(', ')}; there is none called "${name}".`);
} catch (error) {
  process.exitCode = signal.aborted ? 130 : error instanceof Refusal ? 2 : 1;
  process.stderr.write(`${told(error)}\n`);
}
