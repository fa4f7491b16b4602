import { join } from 'node:path';
import { readSettings, removeRunFolder, runFolder, stateDir, sweepRunFolders } from '@twinstore/local';
import { type Outside, type Place, startOutside } from './contenders.ts';
import { layOutCores, pinOurselves } from './cores.ts';
import { readManifest } from './manifest.ts';
import type { CompareOptions } from './options.ts';
import { duration, planTrials, remainingMs } from './plan.ts';
import { report, trialLine } from './report.ts';
import { method, type Results, resultsFile, writeResults } from './results.ts';
import { runTrial, type Trial, type TrialSpec } from './trial.ts';

/** `npm run compare`. Writes the results after each trial, so that a run which is stopped leaves what it has.
 *  @returns the exit code: 0, 1 for a violation or a failed contender, 130 when stopped
 *  @throws Refusal  nothing can be measured here; nothing is left running */
export async function compare(
  options: CompareOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = new Date();
  const { MONGODB_URL } = readSettings();
  const file = resultsFile(options.out, startedAt);
  const specs = planTrials(options.seed, options.contenders, options.blocks);
  const cores = layOutCores();
  const trials: Trial[] = [];
  const results = (): Results => ({
    kind: 'twinstore-compare',
    version: 1,
    startedAt: startedAt.toISOString(),
    partial: trials.length < specs.length,
    plannedTrials: specs.length,
    settings: options,
    manifest,
    cores,
    method,
    trials,
  });
  const manifest = readManifest();
  announce(options, specs, cores.sentence, say);

  sweepRunFolders('compare');
  const folder = runFolder('compare');
  const place: Place = { folder, logDir: join(stateDir, 'logs', folder), cores, signal };
  if (cores.pinned) pinOurselves(cores.generator);
  let outside: Outside | undefined;
  try {
    outside = await startOutside(place, MONGODB_URL, options.carts === 'mongodb');
    await runAll(specs, options, outside, place, (trial, line) => {
      trials.push(trial);
      say(line);
      writeResults(file, results());
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await outside?.stop();
    removeRunFolder(folder);
    writeResults(file, results());
  }
  say(report(results()));
  say(`\nRaw results: ${file}`);
  const hasFailed = trials.some(({ status }) => status === 'failed');
  if (hasFailed) say(`Logs of the failed trials: ${place.logDir}`);
  return signal.aborted ? 130 : hasFailed ? 1 : 0;
}

async function runAll(
  specs: readonly TrialSpec[],
  options: CompareOptions,
  outside: Outside,
  place: Place,
  done: (trial: Trial, line: string) => void,
): Promise<void> {
  const began = Date.now();
  for (const [index, spec] of specs.entries()) {
    const trial = await runTrial(spec, options, outside, place);
    const left = remainingMs(
      options.warmUpMs + options.windowMs,
      index + 1,
      specs.length - index - 1,
      Date.now() - began,
    );
    done(trial, `[${index + 1}/${specs.length}] ${trialLine(trial)}${left > 0 ? `; ${duration(left)} left` : ''}`);
  }
}

function announce(
  { blocks, contenders, rate, windowMs, warmUpMs, seed, smoke }: CompareOptions,
  specs: readonly TrialSpec[],
  cores: string,
  say: (line: string) => void,
): void {
  const takes = duration(remainingMs(warmUpMs + windowMs, 0, specs.length, 0));
  say(
    `${specs.length} trials (${contenders.join(', ')}; ${blocks} block${blocks === 1 ? '' : 's'}), about ${takes} in all.`,
  );
  say(
    `Each: a fresh start, ${warmUpMs / 1000} s of warm-up that is not measured, ${windowMs / 1000} s that are, ` +
      `${rate} sessions per second, an audit. Seed ${seed}.`,
  );
  say(cores);
  if (smoke) say('This is a smoke run: it shows that everything works, and its numbers mean next to nothing.');
}
