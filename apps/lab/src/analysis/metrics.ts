import type { LatencySummary } from '../load/histogram.ts';
import type { PhaseResult } from '../run/model.ts';
import { lostShare } from '../run/verdict.ts';
import type { MetricName } from './model.ts';

/** A number that one phase of a trial yields; undefined where this machine or this phase cannot tell. */
export interface Metric {
  /** Head of a column. */
  readonly title: string;
  /** As it goes into a sentence: `needs 2.1 times the CPU time per paid order`. */
  readonly noun: string;
  readonly digits: number;
  of(phase: PhaseResult): number | undefined;
}

export const metrics: Readonly<Record<MetricName, Metric>> = {
  throughput: {
    title: 'answers/s',
    noun: 'throughput',
    digits: 1,
    of: ({ measured: { window } }) => (window.answers * 1000) / window.ms,
  },
  p50: { title: 'p50 ms', noun: 'p50', digits: 1, of: ({ measured }) => measured.overall.p50 },
  p95: { title: 'p95 ms', noun: 'p95', digits: 1, of: ({ measured }) => measured.overall.p95 },
  p99: { title: 'p99 ms', noun: 'p99', digits: 1, of: ({ measured }) => measured.overall.p99 },
  cpuPerOrder: {
    title: 'CPU-ms/order',
    noun: 'CPU time per paid order',
    digits: 1,
    of: ({ measured, resources }) => perUnit(resources?.contenderCpuMs, measured.window.orders['paid']),
  },
  cpuPerAnswer: {
    title: 'CPU-ms/answer',
    noun: 'CPU time per answer',
    digits: 2,
    of: ({ measured, resources }) => perUnit(resources?.contenderCpuMs, measured.window.answers),
  },
  memory: {
    title: 'memory MB',
    noun: 'memory',
    digits: 0,
    of: ({ resources }) => resources && resources.memoryBytes / 1e6,
  },
  availability: {
    title: 'answered %',
    noun: 'share of requests answered',
    digits: 2,
    of: ({ measured }) => (measured.planned === 0 ? undefined : (1 - lostShare(measured)) * 100),
  },
  timeToAccepted: {
    title: 'accepted p50 ms',
    noun: 'time to accepted (p50)',
    digits: 1,
    of: ({ measured }) => p50Of(measured.byKind['order-accepted']),
  },
  timeToConfirmed: {
    title: 'confirmed p50 ms',
    noun: 'time to confirmed (p50)',
    digits: 1,
    of: ({ measured }) => p50Of(measured.byKind['order-confirmed']),
  },
  eventLoopP99: {
    title: 'event loop p99 ms',
    noun: 'event-loop delay (p99 of the process that had most)',
    digits: 1,
    of: ({ eventLoops }) => most(Object.values(eventLoops).map(({ p99 }) => p99)),
  },
};

export const metricNames = Object.keys(metrics) as MetricName[];

const p50Of = ({ count, p50 }: LatencySummary) => (count > 0 ? p50 : undefined);
const most = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values));

function perUnit(amount: number | undefined, units: number | undefined): number | undefined {
  return amount === undefined || !units ? undefined : amount / units;
}
