import type { LatencySummary } from '../load/histogram.ts';
import type { Trial } from '../run/trial.ts';

/** A number that one trial yields; undefined where this machine or this trial cannot tell. */
export interface Metric {
  readonly title: string;
  /** As it goes into a sentence: `needs more CPU time per order`. */
  readonly noun: string;
  readonly digits: number;
  of(trial: Trial): number | undefined;
}

const throughput: Metric = {
  title: 'answers/s',
  noun: 'throughput',
  digits: 1,
  of: ({ measured }) => measured && (measured.window.answers * 1000) / measured.window.ms,
};
const p50: Metric = { title: 'p50 ms', noun: 'p50', digits: 1, of: ({ measured }) => measured?.overall.p50 };
const p95: Metric = { title: 'p95 ms', noun: 'p95', digits: 1, of: ({ measured }) => measured?.overall.p95 };
const p99: Metric = { title: 'p99 ms', noun: 'p99', digits: 1, of: ({ measured }) => measured?.overall.p99 };
const timeToAccepted: Metric = {
  title: 'accepted p50 ms',
  noun: 'p50 of the time to accepted',
  digits: 1,
  of: ({ measured }) => p50Of(measured?.byKind['order-accepted']),
};
const timeToConfirmed: Metric = {
  title: 'confirmed p50 ms',
  noun: 'p50 of the time to confirmed',
  digits: 1,
  of: ({ measured }) => p50Of(measured?.byKind['order-confirmed']),
};
const cpuPerOrder: Metric = {
  title: 'CPU-ms/order',
  noun: 'CPU time per successful order',
  digits: 1,
  of: ({ measured, resources }) => perUnit(resources?.contenderCpuMs, measured?.window.orders['paid']),
};
const cpuPerAnswer: Metric = {
  title: 'CPU-ms/answer',
  noun: 'CPU time per answer',
  digits: 2,
  of: ({ measured, resources }) => perUnit(resources?.contenderCpuMs, measured?.window.answers),
};
const memory: Metric = {
  title: 'memory MB',
  noun: 'memory',
  digits: 0,
  of: ({ resources }) => resources && resources.memoryBytes / 1e6,
};

export const metrics = {
  throughput,
  p50,
  p95,
  p99,
  cpuPerOrder,
  cpuPerAnswer,
  memory,
  timeToAccepted,
  timeToConfirmed,
};

const p50Of = (summary: LatencySummary | undefined) => (summary && summary.count > 0 ? summary.p50 : undefined);

function perUnit(amount: number | undefined, units: number | undefined): number | undefined {
  return amount === undefined || !units ? undefined : amount / units;
}
