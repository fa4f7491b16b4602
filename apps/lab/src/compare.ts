import { join } from 'node:path';
import { readSettings, removeRunFolder, runFolder, stateDir, sweepRunFolders } from '@twinstore/local';
import { freshStage } from './contenders.ts';
import { coresAsTheyAre, type CoreLayout, layOutCores, pinOurselves } from './cores.ts';
import { readManifest } from './manifest.ts';
import type { CompareOptions } from './options.ts';
import { duration, planTrials, remainingMs } from './plan.ts';
import { report, trialLine } from './report.ts';
import { method, methodForRunningStores, type Results, resultsFile, writeResults } from './results.ts';
import { runningStage } from './running-stores.ts';
import type { Stage } from './stage.ts';
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
  const file = resultsFile(options.out, startedAt);
  const specs = planTrials(options.seed, options.contenders, options.blocks);
  const isRunning = options.stores.length > 0;
  const cores = isRunning ? coresAsTheyAre() : layOutCores();
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
    method: isRunning ? methodForRunningStores : method,
    trials,
  });
  const manifest = readManifest();
  announce(options, specs, cores.sentence, say);

  let stage: Stage | undefined;
  try {
    stage = await (isRunning ? runningStage(options.stores, providerUrl()) : stageOfOurOwn(options, cores, signal));
    await runAll(specs, options, stage, signal, (trial, line) => {
      trials.push(trial);
      say(line);
      writeResults(file, results());
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await stage?.stop();
    writeResults(file, results());
  }
  say(report(results()));
  say(`\nRaw results: ${file}`);
  const hasFailed = trials.some(({ status }) => status === 'failed');
  if (hasFailed && stage?.logDir) say(`Logs of the failed trials: ${stage.logDir}`);
  return signal.aborted ? 130 : hasFailed ? 1 : 0;
}

const providerUrl = () => readSettings().PROVIDER_URL ?? 'http://localhost:8070';

async function stageOfOurOwn(options: CompareOptions, cores: CoreLayout, signal: AbortSignal): Promise<Stage> {
  sweepRunFolders('compare');
  const folder = runFolder('compare');
  const logDir = join(stateDir, 'logs', folder);
  if (cores.pinned) pinOurselves(cores.generator);
  try {
    const place = { folder, logDir, cores, signal };
    const stage = await freshStage(place, readSettings().MONGODB_URL, options.carts === 'mongodb');
    const stop = async () => {
      await stage.stop();
      removeRunFolder(folder);
    };
    return { ...stage, logDir, stop };
  } catch (error) {
    removeRunFolder(folder);
    throw error;
  }
}

async function runAll(
  specs: readonly TrialSpec[],
  options: CompareOptions,
  stage: Stage,
  signal: AbortSignal,
  done: (trial: Trial, line: string) => void,
): Promise<void> {
  const began = Date.now();
  for (const [index, spec] of specs.entries()) {
    const trial = await runTrial(spec, options, stage, signal);
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
  { blocks, contenders, stores, rate, windowMs, warmUpMs, seed, smoke }: CompareOptions,
  specs: readonly TrialSpec[],
  cores: string,
  say: (line: string) => void,
): void {
  const takes = duration(remainingMs(warmUpMs + windowMs, 0, specs.length, 0));
  say(
    `${specs.length} trials (${contenders.join(', ')}; ${blocks} block${blocks === 1 ? '' : 's'}), about ${takes} in all.`,
  );
  say(
    `Each: ${stores.length > 0 ? 'stores that run already' : 'a fresh start'}, ${warmUpMs / 1000} s of warm-up that is not measured, ${windowMs / 1000} s that are, ` +
      `${rate} sessions per second, an audit. Seed ${seed}.`,
  );
  say(cores);
  if (smoke) say('This is a smoke run: it shows that everything works, and its numbers mean next to nothing.');
}
