import { join } from 'node:path';
import { readSettings, Refusal, removeRunFolder, runFolder, stateDir, sweepRunFolders } from '@twinstore/local';
import { checkoutTimes } from '../analysis/checkout-times.ts';
import { freshStage } from '../stage/contenders.ts';
import { coresAsTheyAre, type CoreLayout, layOutCores, pinOurselves } from '../machine/cores.ts';
import { readManifest } from '../machine/manifest.ts';
import type { CompareOptions } from './options.ts';
import { duration, planTrials, remainingMs } from './plan.ts';
import { leftOutSentence, report, trialLine } from '../report/report.ts';
import { method, methodForRunningStores, type Results, resultsFile, writeResults } from './results.ts';
import { runningStage } from '../stage/running-stores.ts';
import type { LeftOut, Stage } from '../stage/stage.ts';
import { runTrial, type Trial, type TrialSpec } from './trial.ts';

/** `npm run compare`. Writes the results after each trial, so that a run which is stopped leaves what it has.
 *  @returns the exit code: 0, 1 for a violation or a failed contender, 130 when stopped
 *  @throws Refusal  nothing can be measured here; nothing is left running */
export async function compare(
  asked: CompareOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const startedAt = new Date();
  const file = resultsFile(asked.out, startedAt);
  const isRunning = asked.stores.length > 0;
  const cores = isRunning ? coresAsTheyAre() : layOutCores();
  const trials: Trial[] = [];
  let plan = planOf(asked, []);
  const results = (): Results => ({
    kind: 'twinstore-compare',
    version: 2,
    startedAt: startedAt.toISOString(),
    partial: trials.length < plan.specs.length,
    plannedTrials: plan.specs.length,
    settings: plan.options,
    leftOut: plan.leftOut,
    manifest,
    cores,
    method: isRunning ? methodForRunningStores : method,
    trials,
    checkouts: checkoutTimes(plan.options.contenders, trials, asked.seed),
  });
  const manifest = readManifest();
  let stage: Stage | undefined;
  try {
    stage = await (isRunning ? runningStage(asked.stores, providerUrl()) : stageOfOurOwn(asked, cores, say, signal));
    plan = planOf(asked, stage.leftOut);
    announce(plan, cores.sentence, say);
    await runAll(plan, stage, signal, (trial, line) => {
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

/** What there is to do, without those who cannot be had here. */
interface Plan {
  readonly options: CompareOptions;
  readonly leftOut: readonly LeftOut[];
  readonly specs: readonly TrialSpec[];
}

/** @throws Refusal  nobody is left to be measured */
function planOf(asked: CompareOptions, leftOut: readonly LeftOut[]): Plan {
  const contenders = asked.contenders.filter((name) => leftOut.every(({ contender }) => contender !== name));
  if (contenders.length === 0) throw new Refusal(leftOut.map(leftOutSentence).join(' '));
  return { options: { ...asked, contenders }, leftOut, specs: planTrials(asked.seed, contenders, asked.blocks) };
}

async function stageOfOurOwn(
  options: CompareOptions,
  cores: CoreLayout,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Stage> {
  sweepRunFolders('compare');
  const folder = runFolder('compare');
  const logDir = join(stateDir, 'logs', folder);
  if (cores.pinned) pinOurselves(cores.generator);
  try {
    const place = { folder, logDir, cores, signal, say };
    const isMongo = options.carts === 'mongodb';
    const stage = await freshStage(options.contenders, place, readSettings().MONGODB_URL, isMongo);
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
  { specs, options }: Plan,
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

function announce({ options, leftOut, specs }: Plan, cores: string, say: (line: string) => void): void {
  const { blocks, contenders, stores, rate, windowMs, warmUpMs, seed, smoke } = options;
  const takes = duration(remainingMs(warmUpMs + windowMs, 0, specs.length, 0));
  say(
    `${specs.length} trials (${contenders.join(', ')}; ${blocks} block${blocks === 1 ? '' : 's'}), about ${takes} in all.`,
  );
  say(
    `Each: ${stores.length > 0 ? 'stores that run already' : 'a fresh start'}, ${warmUpMs / 1000} s of warm-up that is not measured, ${windowMs / 1000} s that are, ` +
      `${rate} sessions per second, an audit. Seed ${seed}.`,
  );
  say(cores);
  for (const one of leftOut) say(leftOutSentence(one));
  if (smoke) say('This is a smoke run: it shows that everything works, and its numbers mean next to nothing.');
}
