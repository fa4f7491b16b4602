import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait after so many failures in a row: `first`, doubled each time, never above `most` (milliseconds).
 *  Between half of that and all of it by chance, so that those who failed together do not come back together. */
export const backoff = (failures: number, first: number, most: number): number =>
  Math.min(most, first * 2 ** Math.max(0, failures - 1)) * (0.5 + Math.random() / 2);

/** Waits, or less if the signal is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

/** Waits until the work is done, well or not, but no longer than that. */
export const atMost = (ms: number, work: Promise<unknown>): Promise<void> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]).then(
    () => {},
    () => {},
  );
