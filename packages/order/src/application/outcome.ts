import { isDecided, type Order } from '../domain/order.ts';
import type { OrderBook } from './ports.ts';

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

/** Between two looks at an order that somebody else is driving. */
const LOOK_AGAIN_MS = 100;

const pause = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined));

/**
 * Waits until an order is decided, but no longer than `waitMs`, and answers it as it then is. `driving`: our own work on
 * it, if any; when that ends without a decision (a twin drives it, or it has to be tried again), we look now and then.
 */
export async function outcomeOf(
  orders: OrderBook,
  order: Order,
  driving: Promise<Order | undefined> | undefined,
  waitMs: number,
): Promise<Order> {
  if (isDecided(order) || waitMs === 0) return order;
  const deadline = performance.now() + waitMs;
  const driven = driving && (await Promise.race([driving, pause(waitMs)]));
  if (driven && isDecided(driven)) return driven;
  for (;;) {
    const found = await orders.find(order.id);
    const now = found?.order ?? order;
    const left = deadline - performance.now();
    if (isDecided(now) || left <= 0) return now;
    await pause(Math.min(LOOK_AGAIN_MS, left));
  }
}
