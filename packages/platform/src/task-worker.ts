import { every, type Recurring } from './every.ts';
import type { Logger } from './log.ts';

export interface TaskWorkerOptions {
  /** Takes up to so many tasks for this process alone, for as long as it says itself, and answers their ids. */
  claim(limit: number): Promise<readonly string[]>;
  /** Does one. What it throws is logged; the claim runs out by itself, and then the task is anybody's again. */
  work(id: string): Promise<void>;
  /** How many are worked on at a time. */
  readonly concurrency: number;
  /** How often it looks without being told. */
  readonly pollMs: number;
  readonly log: Logger | undefined;
}

/** Claims tasks as it has hands free, and works on them side by side. Closing waits for those in hand. */
export function taskWorker({ claim, work, concurrency, pollMs, log }: TaskWorkerOptions): Recurring {
  const inHand = new Set<Promise<void>>();
  let wasFull = false;

  const begin = (id: string): void => {
    const task = work(id)
      .catch((error: unknown) => log?.warn({ err: error, task: id }, 'a task failed and will be tried again'))
      .finally(() => {
        inHand.delete(task);
        // There may be more than there were hands for.
        if (wasFull) looking.now();
      });
    inHand.add(task);
  };

  const looking = every(pollMs, log, async () => {
    const free = concurrency - inHand.size;
    const ids = free > 0 ? await claim(free) : [];
    for (const id of ids) begin(id);
    wasFull = ids.length >= free;
  });

  return {
    now: () => looking.now(),
    async close() {
      await looking.close();
      await Promise.all(inHand);
    },
  };
}
