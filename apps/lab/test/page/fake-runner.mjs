// Tells a run as `main.ts run --progress-json` does, without measuring anything.
// Arguments: what to do, folder of the results, length of one "second" in ms, contenders with commas.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [what = 'quick', resultsDir = '', tick = '10', names = 'monolith,orchestrated'] = process.argv.slice(2);
const tickMs = Number(tick);
const contenders = names.split(',');
const [blocks, seconds] = [2, 5];
const of = blocks * contenders.length;
const folder = join(resultsDir, `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${what}`);

const stopping = new AbortController();
if (what === 'deaf') process.on('SIGINT', () => {});
else process.on('SIGINT', () => stopping.abort());

const tell = (progress) => process.stdout.write(`${JSON.stringify(progress)}\n`);
const pause = (ticks) => sleep(ticks * tickMs, undefined, { signal: stopping.signal });

if (what === 'refuse') {
  process.stderr.write('No PostgreSQL can be started here: set POSTGRES_URL.\n');
  process.exit(2);
}

const plan = { name: what, title: 'A first look', question: 'Who is faster?', claims: ['C1'], isQuick: true };
const leftMs = (trial) => (of - trial) * (seconds * 2 + 4) * tickMs;
tell({ type: 'planned', plan, contenders, trials: of, expectedMs: leftMs(0), notes: ['Both share cores 0 and 1.'] });

let done = 0;
try {
  for (let number = 1; number <= of; number++) {
    await trial(number);
    done = number;
    if (what === 'crash') throw new Error('the generator fell over');
  }
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  }
}
end();

async function trial(number) {
  const block = Math.ceil(number / contenders.length);
  const index = (number + block) % contenders.length;
  const contender = contenders[index];
  const cost = [1, 0.9, 2.1, 1.9, 2.6][index];
  tell({ type: 'trial', number, of, contender, stage: 'first look', block, remainingMs: leftMs(number - 1) });
  await pause(2);
  for (const [name, rate] of [
    ['warm-up', 8],
    ['light', 20],
  ]) {
    tell({ type: 'phase', contender, name, rate, seconds });
    for (let second = 1; second <= seconds; second++) {
      await pause(1);
      const noise = 1 + Math.abs(Math.sin(number * 7 + second * 3)) / 3;
      const answered = Math.round(rate * 7 * noise);
      tell({ type: 'second', contender, phase: name, rate, second, answered, failed: second % 4 === 3 ? 1 : 0, p50: 4 * cost * noise, p99: 18 * cost * noise }); // prettier-ignore
    }
    if (name === 'warm-up') continue;
    // As of a fixed rate: only the steps of a search have an objective to keep.
    const measured = { answersPerSecond: rate * 7.2, p50: 4.2 * cost, p99: 19.4 * cost, cpuMsPerOrder: 41.3 * cost };
    tell({ type: 'phase-ended', contender, name, rate, status: 'ok', reason: '', ...measured });
  }
  await pause(1);
  const line = `${number}/${of} ${contender}: ${rateOf(cost)} at 20 sessions/s, audit clean`;
  tell({ type: 'trial-ended', number, of, contender, status: 'ok', line, remainingMs: leftMs(number) });
}

function rateOf(cost) {
  return `p99 ${(19.4 * cost).toFixed(0)} ms`;
}

function end() {
  const partial = done < of;
  const verdicts = partial
    ? ['Too few trials have finished for a verdict.']
    : ['CPU per order: monolith takes 0.48 (0.45 to 0.51) of what orchestrated takes.', 'p99: no winner.'];
  if (resultsDir) {
    mkdirSync(folder, { recursive: true });
    const startedAt = new Date().toISOString();
    writeFileSync(join(folder, 'results.json'), JSON.stringify({ kind: 'twinstore-lab', plan, startedAt, partial }));
    writeFileSync(join(folder, 'report.html'), `<!doctype html><title>Report</title><h1>${plan.title}</h1>`);
    writeFileSync(join(folder, 'report.md'), `# ${plan.title}\n\n### Verdicts\n\n- ${verdicts.join('\n- ')}\n`);
  }
  const exitCode = stopping.signal.aborted ? 130 : 0;
  tell({ type: 'done', folder, partial, exitCode, verdicts });
  process.exit(exitCode);
}
