import { isDecided, type Order } from '../domain/order.ts';
import type { Outcomes } from './watch.ts';

/** Work that goes on after its answer was given: nobody waits for it but the end of the process. */
export interface Background {
  /** Starts it. Answers what it answers, or undefined if it fails: then the reconciler takes over. */
  run<T>(work: Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}

export function background(onFailure: (error: unknown) => void): Background {
  const underWay = new Set<Promise<unknown>>();
  return {
    run(work) {
      const caught = work.catch((error: unknown) => void onFailure(error));
      underWay.add(caught);
      void caught.then(() => underWay.delete(caught));
      return caught as Promise<Awaited<typeof work> | undefined>;
    },
    async close() {
      await Promise.all(underWay);
    },
  };
}

/**
 * Waits until an order is decided, but no longer than `waitMs`, and answers it as it then is. `driving`: our own work on
 * it, if any. When that ends without a decision (a twin drives it, or it has to be tried again), or there is none, we
 * wait for whoever else decides it.
 */
export async function outcomeOf(
  watch: Outcomes,
  order: Order,
  driving: Promise<Order | undefined> | undefined,
  waitMs: number,
): Promise<Order> {
  if (isDecided(order) || waitMs === 0) return order;
  const deadline = performance.now() + waitMs;
  const driven = driving && (await atMost(waitMs, driving));
  if (driven && isDecided(driven)) return driven;
  return watch.settled(order.id, Math.max(0, Math.round(deadline - performance.now())));
}

/** What the work comes to, or undefined if it takes longer. */
async function atMost<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
