import { setTimeout as sleep } from 'node:timers/promises';
import type { Behavior } from '@twinstore/contracts';

const CAP_MS = 30_000;
/** The standard normal distribution's 99 % quantile. */
const Z99 = 2.3263478740408408;
/** Stands for a median of 0, which no log-normal distribution has. */
const SMALLEST_MS = 0.001;

/**
 * A latency in milliseconds, at most 30 s, from the log-normal distribution with these quantiles. `u` and `v` are
 * chances in [0, 1).
 */
export function sampleLatency({ p50, p99 }: Behavior['latencyMs'], u: number, v: number): number {
  if (p99 === 0) return 0;
  const median = Math.max(p50, SMALLEST_MS);
  const sigma = Math.log(Math.max(p99, median) / median) / Z99;
  // Box-Muller: 1 - u is never 0, of which there is no logarithm.
  const z = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
  return Math.min(CAP_MS, median * Math.exp(sigma * z));
}

/** Lets a request take its time; `closing` ends the waiting early, so that a shutdown is not held up. */
export async function takeTime(latencyMs: Behavior['latencyMs'], closing: AbortSignal): Promise<void> {
  const delay = sampleLatency(latencyMs, Math.random(), Math.random());
  if (delay > 0) await sleep(delay, undefined, { signal: closing }).catch(() => {});
}
