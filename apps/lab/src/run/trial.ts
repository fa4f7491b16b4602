import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, tell as told } from '@twinstore/local';
import type { CatalogItem, SessionPlan } from '../load/journeys.ts';
import type { Buyer } from '../load/measures.ts';
import type { Fixed, Phase } from '../plans/plan.ts';
import { readCatalog } from '../stage/catalog.ts';
import { type Running, setProvider, type Stage } from '../stage/stage.ts';
import { auditTrial } from './audit.ts';
import { searchCapacity } from './climb.ts';
import type { PhaseResult, Trial, TrialSpec } from './model.ts';
import { type PhaseContext, playPhase, type Step } from './phase.ts';
import type { Tell } from './progress.ts';

export interface TrialOptions {
  /** All that is random follows from it. */
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Starts a contender afresh, plays the phases, audits it and deletes it. A contender that cannot start, dies or answers
 *  nonsense, or cannot be cleared away, makes a trial that `failed`, with the phases that were over by then; only an abort
 *  is thrown. */
export async function runTrial(
  spec: TrialSpec,
  phases: readonly Phase[],
  stage: Pick<Stage, 'start' | 'yardstick'>,
  { seed, signal: stop, tell }: TrialOptions,
): Promise<Trial> {
  const results: PhaseResult[] = [];
  const trial: Mutable<Trial> = {
    ...spec,
    status: 'failed',
    reason: '',
    startedAt: new Date().toISOString(),
    yardstickMs: undefined,
    startMs: 0,
    postgres: '',
    broker: undefined,
    phases: results,
    capacity: undefined,
    audit: undefined,
  };
  let running: Running | undefined;
  const death = new AbortController();
  const signal = AbortSignal.any([stop, death.signal]);
  try {
    trial.yardstickMs = await stage.yardstick?.();
    const beganAt = Date.now();
    running = await stage.start(spec.contender, `trial-${spec.number}`);
    running.onDeath((what) => death.abort(new Error(what)));
    trial.startMs = Date.now() - beganAt;
    trial.postgres = running.postgres;
    trial.broker = running.broker;
    const catalog = await readCatalog(running.url);
    const { contender } = spec;
    const shelf = running.shelf ?? catalog;
    const context = { contender, running, shelf, seed: `${seed}/${spec.stage}/block ${spec.block}`, signal, tell };
    await play(trial, results, phases, catalog, context);
  } catch (error) {
    stop.throwIfAborted();
    // A process that died is first noticed by the connections to it.
    if (running) await sleep(300);
    trial.status = 'failed';
    trial.reason = death.signal.aborted ? (death.signal.reason as Error).message : sentence(error);
  } finally {
    await running?.stop().catch((error: unknown) => {
      trial.status = 'failed';
      trial.reason = [trial.reason, `it could not be cleared away: ${sentence(error)}`].filter(Boolean).join('; ');
    });
  }
  return trial;
}

async function play(
  trial: Mutable<Trial>,
  results: PhaseResult[],
  phases: readonly Phase[],
  catalog: readonly CatalogItem[],
  context: PhaseContext,
): Promise<void> {
  const sessions: SessionPlan[] = [];
  const buyers: Buyer[] = [];
  const { providerUrl } = context.running;
  let behavior: Fixed['provider'];
  await setProvider(providerUrl);

  const playOne = async (phase: Exclude<Phase, { kind: 'climb' }> | Step): Promise<PhaseResult> => {
    const wanted = phase.kind === 'fixed' ? phase.provider : undefined;
    if (wanted !== behavior) await setProvider(providerUrl, wanted);
    behavior = wanted;
    const played = await playPhase(phase, context);
    results.push(played.result);
    sessions.push(...played.sessions);
    buyers.push(...played.buyers);
    return played.result;
  };
  try {
    for (const phase of phases) {
      if (phase.kind !== 'climb') await playOne(phase);
      else {
        const { seconds } = phase;
        const step = (rate: number, attempt: 1 | 2) => playOne({ kind: 'step', rate, seconds, attempt });
        trial.capacity = await searchCapacity(phase, step);
      }
    }
  } finally {
    // It may be somebody else's, and what is pending cannot end while it fails.
    if (behavior) await setProvider(providerUrl);
  }
  trial.audit = await auditTrial({ ...context.running, catalog, sessions, buyers }, context.signal);
  const [violation] = trial.audit.violations;
  trial.status = violation === undefined ? 'ok' : 'failed';
  trial.reason = violation === undefined ? '' : `the audit found: ${violation}`;
}

/** `fetch failed` says nothing; its cause does. */
function sentence(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const [first = ''] = told(error).split('\n');
  return (error instanceof Refusal ? first.replace(/\.$/, '') : first) + cause;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
