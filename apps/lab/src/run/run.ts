import { join } from 'node:path';
import { readSettings, Refusal, removeRunFolder, runFolder, stateDir, sweepRunFolders } from '@twinstore/local';
import { analyze } from '../analysis/analyze.ts';
import { leastCapacity } from '../analysis/capacity.ts';
import { coresAsTheyAre, layOutCores, pinOurselves } from '../machine/cores.ts';
import { readManifest } from '../machine/manifest.ts';
import { type Plan, summaryOf } from '../plans/plan.ts';
import { writeReports } from '../report/files.ts';
import { freshStage } from '../stage/contenders.ts';
import { runningStage } from '../stage/running-stores.ts';
import type { LeftOut, Stage } from '../stage/stage.ts';
import { method, methodForRunningStores } from './method.ts';
import type { PlayedStage, Results, RunSettings, Trial } from './model.ts';
import type { RunOptions } from './options.ts';
import type { Tell } from './progress.ts';
import { resultsFolder, writeResults } from './results.ts';
import { countTrials, remainingMs, scheduleStage } from './schedule.ts';
import { trialLine } from './trial-line.ts';
import { runTrial } from './trial.ts';

/** Runs a plan. Writes the results after each trial and the reports at the end, also when stopped before it, so that a
 *  run leaves what it has.
 *  @returns the exit code: 0, 1 for a violation or a failed contender, 130 when stopped
 *  @throws Refusal  nothing can be measured, or written, here; nothing is left running */
export async function runPlan({ plan, settings: asked, out }: RunOptions, tell: Tell, signal: AbortSignal) {
  const startedAt = new Date();
  const folder = resultsFolder(out, plan.name, startedAt);
  const manifest = readManifest();
  const isRunning = asked.stores.length > 0;
  const cores = isRunning ? coresAsTheyAre() : layOutCores(asked.budget);
  const trials: Trial[] = [];
  const stages: PlayedStage[] = [];
  let settings = asked;
  let leftOut: readonly LeftOut[] = [];
  const results = (): Results => ({
    kind: 'twinstore-lab',
    version: 4,
    plan: summaryOf(plan),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    partial: trials.length < countTrials(plan, settings.contenders),
    plannedTrials: countTrials(plan, settings.contenders),
    settings,
    stages,
    leftOut,
    manifest,
    cores,
    method: isRunning ? methodForRunningStores : method,
    trials,
  });
  let stage: Stage | undefined;
  try {
    stage = await (isRunning ? runningStage(asked.stores, providerUrl()) : stageOfOurOwn(asked, cores, tell, signal));
    ({ leftOut } = stage);
    settings = settled(asked, stage);
    announce(plan, settings, [cores.sentence, ...leftOut.map(leftOutSentence)], tell);
    const keep = () => writeResults(folder, results());
    await runStages(plan, settings, stage, { trials, stages, keep }, tell, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await stage?.stop();
  }
  const hasFailed = trials.some(({ status }) => status === 'failed');
  const exitCode = signal.aborted ? 130 : hasFailed ? 1 : 0;
  const analysis = analyze(results());
  writeResults(folder, results());
  writeReports(folder, results(), analysis);
  const verdicts = analysis.verdicts.map(({ sentence }) => sentence);
  if (hasFailed && stage?.logDir) tell({ type: 'note', text: `Logs of the failed trials: ${stage.logDir}` });
  tell({ type: 'done', folder, partial: results().partial, exitCode, verdicts });
  return { exitCode, results: results(), analysis };
}

const providerUrl = () => readSettings().PROVIDER_URL ?? 'http://localhost:8070';

export const leftOutSentence = ({ contender, why }: LeftOut): string => `${contender} was left out: ${why}.`;

/** What was asked for, with the names that stores gave themselves, and without who cannot be had.
 *  @throws Refusal  nobody is left to be measured */
function settled(asked: RunSettings, { leftOut, names }: Stage): RunSettings {
  const stores = asked.stores.map((store, index) => ({ ...store, name: names?.[index] ?? store.name }));
  const wanted = asked.contenders.includes('') ? stores.map(({ name }) => name) : asked.contenders;
  const contenders = wanted.filter((name) => leftOut.every(({ contender }) => contender !== name));
  if (contenders.length === 0) throw new Refusal(leftOut.map(leftOutSentence).join(' '));
  return { ...asked, stores, contenders };
}

async function stageOfOurOwn(
  { contenders, carts }: RunSettings,
  cores: ReturnType<typeof layOutCores>,
  tell: Tell,
  signal: AbortSignal,
): Promise<Stage> {
  sweepRunFolders('lab');
  const folder = runFolder('lab');
  const logDir = join(stateDir, 'logs', folder);
  if (cores.pinned) pinOurselves(cores.generator);
  try {
    const say = (text: string) => tell({ type: 'note', text });
    const place = { folder, logDir, cores, signal, say };
    const stage = await freshStage(contenders, place, readSettings().MONGODB_URL, carts === 'mongodb');
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

async function runStages(
  plan: Plan,
  settings: RunSettings,
  stage: Stage,
  { trials, stages, keep }: { readonly trials: Trial[]; readonly stages: PlayedStage[]; readonly keep: () => void },
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const { seed, contenders } = settings;
  const of = countTrials(plan, contenders);
  const took: number[] = [];
  const left = () => remainingMs(plan, contenders, trials, took);
  for (const planned of plan.stages) {
    const { name, blocks } = planned;
    const phases = planned.phases({ leastCapacity: leastCapacity(contenders, trials) });
    stages.push({ name, blocks, phases });
    for (const spec of scheduleStage(seed, planned, contenders, trials.length + 1)) {
      const began = Date.now();
      tell({ type: 'trial', of, remainingMs: left(), ...spec });
      const trial = await runTrial(spec, phases, stage, { seed, signal, tell });
      trials.push(trial);
      took.push(Date.now() - began);
      keep();
      const { number, contender, status } = trial;
      tell({ type: 'trial-ended', number, of, contender, status, line: trialLine(trial), remainingMs: left() });
    }
  }
}

function announce(plan: Plan, settings: RunSettings, notes: readonly string[], tell: Tell): void {
  const { contenders, stores, seed, smoke } = settings;
  const expectedMs = remainingMs(plan, contenders, [], []);
  const start = stores.length > 0 ? 'of stores that run already' : 'a fresh start each';
  const remarks = [
    ...(plan.isQuick ? ['This is a quick look: it takes few trials, so small differences say nothing.'] : []),
    ...(smoke ? ['This is a smoke run: it shows that everything works, and its numbers mean next to nothing.'] : []),
  ];
  const trials = countTrials(plan, contenders);
  const what = `${trials} trial${trials === 1 ? '' : 's'}, ${start}, in random order, and an audit after each. Seed ${seed}.`;
  tell({ type: 'planned', plan: summaryOf(plan), contenders, trials, expectedMs, notes: [what, ...notes, ...remarks] });
}
