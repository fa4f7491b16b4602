import type { RequestKind } from '../load/journeys.ts';
import type { Estimate } from './statistics.ts';

/** What a run allows to be said: made from `Results` by `analyze`, shown by every report. */
export interface Analysis {
  /** The most important first. */
  readonly verdicts: readonly Verdict[];
  /** By contender, in the order of the run; empty where the plan searched for none. In sessions per second. */
  readonly capacities: readonly ContenderCapacity[];
  /** One for each fixed rate of the plan. */
  readonly rates: readonly RateAnalysis[];
  /** What a reader has to know before believing any of it: what was not counted, what disturbed, what does not follow. */
  readonly reserves: readonly string[];
}

/** One sentence that may be quoted, and what it rests on. */
export interface Verdict {
  /** Which of the chapter's three verdicts (C1) it belongs to, or what else it is about. */
  readonly topic: 'throughput' | 'latency' | 'cost' | 'memory' | 'availability' | 'checkout' | 'faults' | 'stability';
  readonly outcome: 'difference' | 'no difference' | 'not enough' | 'not asked';
  readonly sentence: string;
  /** The ratio that it rests on, where it does. */
  readonly ratio?: Estimate;
}

export interface ContenderCapacity {
  readonly contender: string;
  readonly rate: Estimate | undefined;
  readonly answersPerSecond: Estimate | undefined;
  readonly ordersPerSecond: Estimate | undefined;
  /** A search ended before a rate missed the objective, so that the rate is a lower bound. */
  readonly isAtLeast: boolean;
  /** Relative to the baseline, within blocks in which both searches found a rate that missed; undefined for the baseline
   *  itself. A capacity lies between the last rate that kept the objective and the first that missed it, and the interval
   *  holds all that follows from that. */
  readonly ratio: Estimate | undefined;
}

/** All contenders at one rate. */
export interface RateAnalysis {
  readonly name: string;
  /** Sessions per second. */
  readonly rate: number;
  readonly contenders: readonly ContenderAnalysis[];
}

export interface ContenderAnalysis {
  readonly contender: string;
  readonly trials: {
    readonly ok: number;
    readonly overloaded: number;
    readonly invalid: number;
    readonly failed: number;
  };
  /** Medians over the trials that count, by metric. */
  readonly metrics: Readonly<Partial<Record<MetricName, Estimate>>>;
  /** Relative to the baseline, within blocks; empty for the baseline itself. */
  readonly ratios: Readonly<Partial<Record<MetricName, Estimate>>>;
  /** All trials that count together, for the percentile curve: points of (percentile, ms). */
  readonly percentiles: readonly (readonly [percentile: number, ms: number])[];
  /** Medians of p50, p95, p99 in ms by kind of request. */
  readonly kinds: Readonly<Partial<Record<RequestKind, readonly [p50: number, p95: number, p99: number]>>>;
  /** CPU-ms per paid order and bytes of memory, by process: medians over trials. */
  readonly cpuByProcess: Readonly<Record<string, number>>;
  readonly memoryByProcess: Readonly<Record<string, number>>;
}

export type MetricName =
  | 'throughput'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'cpuPerOrder'
  | 'cpuPerAnswer'
  | 'memory'
  | 'availability'
  | 'timeToAccepted'
  | 'timeToConfirmed'
  | 'eventLoopP99';
