import { type Sample, valueOf } from './metrics-text.ts';

/** How late a process's event loop was, over a window, in ms: what a timer that was due at some moment had to wait. A
 *  timer looks every 10 ms, so a block of 50 ms shows as one value between 40 and 50, and only blocks that it met count. */
export interface EventLoopDelay {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** By process; a cluster's workers are `monolith #1`, `monolith #2`. */
export type EventLoops = Readonly<Record<string, EventLoopDelay>>;

/** What Node reports is the time from one look to the next, so an idle process has "10 ms". This much of it is no delay:
 *  prom-client's default, and set in `packages/platform/src/metrics.ts`. */
const LOOK_EVERY_MS = 10;

/** From prom-client's gauges, which tell of the time since they were read last. Undefined where they are not told. */
export function eventLoopOf(page: readonly Sample[]): EventLoopDelay | undefined {
  const ms = (which: string) => {
    const seconds = valueOf(page, `nodejs_eventloop_lag_${which}_seconds`);
    return seconds === undefined ? undefined : Math.max(0, seconds * 1000 - LOOK_EVERY_MS);
  };
  const [mean, p50, p99, max] = [ms('mean'), ms('p50'), ms('p99'), ms('max')];
  if (mean === undefined || p50 === undefined || p99 === undefined || max === undefined) return undefined;
  return { mean, p50, p99, max };
}
