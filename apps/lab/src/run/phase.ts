import { createHash } from 'node:crypto';
import type { Behavior } from '@twinstore/contracts';
import { generate } from '../load/generator.ts';
import { type CatalogItem, planSessions, type SessionPlan } from '../load/journeys.ts';
import type { Buyer } from '../load/measures.ts';
import type { UseSample } from '../machine/resources.ts';
import { processWatch } from '../machine/watch.ts';
import type { Fixed, WarmUp } from '../plans/plan.ts';
import type { Running } from '../stage/stage.ts';
import type { PhaseResult } from './model.ts';
import type { Tell } from './progress.ts';
import { judge, missOf } from './verdict.ts';

/** One rate of a stepped search. */
export interface Step {
  readonly kind: 'step';
  readonly rate: number;
  readonly seconds: number;
  readonly attempt: 1 | 2;
}

export interface PhaseContext {
  readonly contender: string;
  readonly running: Running;
  /** What sessions are planned for. */
  readonly shelf: readonly CatalogItem[];
  /** All that is random follows from this and the phase's name. */
  readonly seed: string;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** A phase that was played, and what an audit has to know of it. */
export interface PlayedPhase {
  readonly result: PhaseResult;
  readonly sessions: readonly SessionPlan[];
  readonly buyers: readonly Buyer[];
}

/** So long sessions arrive before the window opens: until as many end as begin. */
const LEAD_IN_MS = { 'warm-up': 0, fixed: 2_000, step: 1_500 };
/** After the window, sessions under way may take so long to end; then they are unfinished. */
const DRAIN_MS = 15_000;
const TIMEOUT_MS = 10_000;

/** How long a phase takes, in ms, if the store keeps up; its last sessions take a moment to end. */
export const phaseMs = ({ kind, seconds }: WarmUp | Fixed | Step): number => LEAD_IN_MS[kind] + seconds * 1000 + 1_500;

/** Puts one phase of load on a store that runs; the provider behaves as the phase wants it already. */
export async function playPhase(phase: WarmUp | Fixed | Step, context: PhaseContext): Promise<PlayedPhase> {
  const { contender, running, shelf, seed, signal, tell } = context;
  const { kind, rate, seconds } = phase;
  const { provider, only, sampleEverySeconds } = kind === 'fixed' ? phase : ({} as Partial<Fixed>);
  const name = kind === 'fixed' ? phase.name : kind;

  const warmUpMs = LEAD_IN_MS[kind];
  const windowMs = seconds * 1000;
  const own = kind === 'step' ? `${name} ${rate} ${phase.attempt}` : name;
  const sessions = planSessions({
    seed: `${seed}/${own}`,
    catalog: shelf,
    rate,
    durationMs: warmUpMs + windowMs,
    only,
  });
  const planDigest = digestOf(sessions);
  tell({ type: 'phase', contender, name, rate, seconds: (warmUpMs + windowMs) / 1000 });

  const meter = running.meter();
  const watch = processWatch(running.metricsOf);
  const samples: UseSample[] = [];
  await watch.open();
  let isOpen = false;
  const { measured, buyers } = await generate({
    baseUrl: running.url,
    sessions,
    name: `lab-${planDigest}`,
    warmUpMs,
    windowMs,
    drainMs: DRAIN_MS,
    timeoutMs: TIMEOUT_MS,
    onWindow: () => {
      if (isOpen) meter.close();
      else meter.open();
      isOpen = !isOpen;
    },
    onSecond: (point) => {
      if (sampleEverySeconds && isOpen && point.second % sampleEverySeconds === 0) {
        const use = meter.sample();
        if (use) samples.push({ second: point.second, ...use });
      }
      tell({ type: 'second', contender, phase: name, rate, ...point });
    },
    signal,
  });
  await meter.readMemory();
  const resources = await meter.result();
  const { eventLoops, handlerTimes } = await watch.close();
  const judgement = judge(measured, resources, provider && isFaulty(provider));
  const miss = kind === 'step' && judgement.status !== 'invalid' ? missOf(measured, judgement) : undefined;
  const result: PhaseResult = {
    name,
    kind,
    rate,
    only,
    provider,
    ...judgement,
    ...(miss && { reason: miss }),
    kept: kind === 'step' ? miss === '' : undefined,
    planDigest,
    measured: kind === 'fixed' ? measured : withoutKinds(measured),
    resources,
    eventLoops,
    handlerTimes,
    samples,
  };
  tell({
    type: 'phase-ended',
    contender,
    name,
    rate,
    status: result.status,
    reason: result.reason,
    kept: result.kept,
    answersPerSecond: (measured.window.answers * 1000) / measured.window.ms,
    p50: measured.overall.p50,
    p99: measured.overall.p99,
    cpuMsPerOrder: cpuPerOrder(result),
  });
  return { result, sessions, buyers };
}

/** A provider that is merely slow loses nothing. */
const isFaulty = ({ declineRate, lostAnswerRate, unavailable }: Partial<Behavior>): boolean =>
  Boolean(declineRate || lostAnswerRate || unavailable);

function cpuPerOrder({ resources, measured }: PhaseResult): number | undefined {
  const paid = measured.window.orders['paid'] ?? 0;
  return resources && paid > 0 ? resources.contenderCpuMs / paid : undefined;
}

/** A step is one of many, and its histograms by kind are never shown. */
function withoutKinds(measured: PhaseResult['measured']): PhaseResult['measured'] {
  const byKind = Object.fromEntries(
    Object.entries(measured.byKind).map(([kind, summary]) => [kind, { ...summary, hdr: '' }]),
  ) as PhaseResult['measured']['byKind'];
  return { ...measured, byKind, fromSent: { ...measured.fromSent, hdr: '' } };
}

const digestOf = (sessions: readonly SessionPlan[]): string =>
  createHash('sha256').update(JSON.stringify(sessions)).digest('hex').slice(0, 16);
