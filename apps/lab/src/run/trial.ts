import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from '@twinstore/local';
import { type Audit, auditTrial } from './audit.ts';
import { readCatalog } from '../stage/catalog.ts';
import type { Running, Stage } from '../stage/stage.ts';
import { generate } from '../load/generator.ts';
import { planSessions, type SessionPlan } from '../load/journeys.ts';
import type { Measured } from '../load/measures.ts';
import type { Resources } from '../machine/resources.ts';
import { judge, type TrialStatus } from './verdict.ts';

export interface TrialSpec {
  readonly contender: string;
  /** From 1. The contenders of one block are asked the very same. */
  readonly block: number;
  /** From 1, in the order of time. */
  readonly number: number;
}

export interface TrialSettings {
  readonly seed: string;
  /** Sessions per second. */
  readonly rate: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** One contender under load, started afresh where it is ours to start, and what came of it. */
export interface Trial extends TrialSpec {
  readonly status: TrialStatus;
  /** Why it is not `ok`. */
  readonly reason: string;
  readonly startedAt: string;
  /** From start to ready, in ms. */
  readonly startMs: number;
  readonly postgres: string;
  /** Which message broker, where it has one that is ours. */
  readonly broker: string | undefined;
  /** Digest of all that was planned: equal for all contenders of a block, or they were not asked the same. */
  readonly planDigest: string;
  readonly measured: Measured | undefined;
  readonly resources: Resources | undefined;
  readonly audit: Audit | undefined;
}

/** After the window, sessions under way may take so long to end; then they are unfinished. */
const DRAIN_MS = 15_000;
const TIMEOUT_MS = 10_000;

/** Starts a contender afresh, loads it, audits it and deletes it. A contender that cannot start, dies or answers
 *  nonsense makes a trial that `failed`; only an abort is thrown. */
export async function runTrial(
  spec: TrialSpec,
  settings: TrialSettings,
  stage: Pick<Stage, 'start'>,
  stop: AbortSignal,
): Promise<Trial> {
  const startedAt = new Date();
  const trial: Mutable<Trial> = {
    ...spec,
    status: 'failed',
    reason: '',
    startedAt: startedAt.toISOString(),
    startMs: 0,
    postgres: '',
    broker: undefined,
    planDigest: '',
    measured: undefined,
    resources: undefined,
    audit: undefined,
  };
  let running: Running | undefined;
  const death = new AbortController();
  const signal = AbortSignal.any([stop, death.signal]);
  try {
    running = await stage.start(spec.contender, `trial-${spec.number}`);
    running.onDeath((what) => death.abort(new Error(what)));
    trial.startMs = Date.now() - startedAt.getTime();
    trial.postgres = running.postgres;
    trial.broker = running.broker;
    await measure(trial, running, settings, signal);
  } catch (error) {
    stop.throwIfAborted();
    // A process that died is first noticed by the connections to it.
    if (running) await sleep(300);
    trial.status = 'failed';
    trial.reason = death.signal.aborted ? (death.signal.reason as Error).message : sentence(error);
  } finally {
    await running?.stop();
  }
  return trial;
}

async function measure(
  trial: Mutable<Trial>,
  running: Running,
  { seed, rate, warmUpMs, windowMs }: TrialSettings,
  signal: AbortSignal,
): Promise<void> {
  const catalog = await readCatalog(running.url);
  const name = `${seed}/block ${trial.block}`;
  const sessions = planSessions({
    seed: name,
    catalog: running.shelf ?? catalog,
    rate,
    durationMs: warmUpMs + windowMs,
  });
  trial.planDigest = digestOf(sessions);
  const { meter } = running;
  const { measured, buyers } = await generate({
    baseUrl: running.url,
    sessions,
    name: `lab-${trial.planDigest}`,
    warmUpMs,
    windowMs,
    drainMs: DRAIN_MS,
    timeoutMs: TIMEOUT_MS,
    onWindow: () => meter.onWindow(),
    signal,
  });
  await meter.readMemory();
  trial.measured = measured;
  trial.resources = await meter.result();
  trial.audit = await auditTrial({ ...running, catalog, sessions, buyers }, signal);
  Object.assign(trial, judge(measured, trial.resources));
  const [violation] = trial.audit.violations;
  if (violation !== undefined) Object.assign(trial, { status: 'failed', reason: `the audit found: ${violation}` });
}

/** `fetch failed` says nothing; its cause does. */
function sentence(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const [first = ''] = tell(error).split('\n');
  return first + cause;
}

const digestOf = (sessions: readonly SessionPlan[]): string =>
  createHash('sha256').update(JSON.stringify(sessions)).digest('hex').slice(0, 16);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
