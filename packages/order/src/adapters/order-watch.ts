import { exposePort, listenPostgres, remotePort } from '@twinstore/platform';
import type { Identify, Logger, PortMethods, Upstream } from '@twinstore/platform';
import type { OrderBook } from '../application/ports.ts';
import { newsDesk, type OrderNews, type Outcomes, type OrderWatch } from '../application/watch.ts';

interface Closable {
  close(): Promise<void>;
}

/** As migrations/0002 says it: `<id> <status> <t or f: finished>`. */
const NEWS = /^(\S+) (pending|paid|rejected|canceled) ([tf])$/;

/**
 * Watches orders in PostgreSQL over one connection that listens, whatever the number of those who wait. `orders` is
 * asked for what has changed. Closed: all who wait are answered with the order as it is.
 */
export function postgresOrderWatch(url: string, orders: Pick<OrderBook, 'find'>, log: Logger): OrderWatch & Closable {
  const desk = newsDesk(
    (orderId) => orders.find(orderId),
    (error) => log.warn({ err: error }, 'could not look at an order that somebody waits for'),
  );
  const listening = listenPostgres({
    url,
    channels: ['orders'],
    onNotice(_channel, payload) {
      const [, orderId, status, finished] = NEWS.exec(payload) ?? [];
      if (orderId === undefined) return log.warn({ payload }, 'news of an order that nobody understands');
      desk.hear({ orderId, status: status as OrderNews['status'], unfinished: finished === 'f' });
    },
    onConnected: () => desk.lookAgain(),
    log,
  });
  return {
    settled: desk.settled,
    follow: desk.follow,
    async close() {
      desk.close();
      await listening.close();
    },
  };
}

/** Callers may wait for 30 s; beyond that it is the answer which is late. In milliseconds. */
const methods: PortMethods<Outcomes> = { settled: 33_000 };

export const exposeOrderWatch = (watch: Outcomes, identify: Identify) =>
  exposePort('order-watch', { settled: watch.settled }, methods, identify);

/**
 * Waits in the order service for an order's outcome: one call, however long it takes. Closed: all who wait are answered
 * with the order as it is.
 */
export function httpOrderWatch(upstream: Upstream): Outcomes & Closable {
  const remote = remotePort<Outcomes>('order-watch', upstream, methods);
  const waiting = new Set<(nothing: undefined) => void>();
  let closed = false;
  return {
    async settled(orderId, waitMs) {
      const { promise: closing, resolve: giveUp } = Promise.withResolvers<undefined>();
      waiting.add(giveUp);
      try {
        const answer = await Promise.race([remote.settled(orderId, closed ? 0 : waitMs), closing]);
        return answer ?? (await remote.settled(orderId, 0));
      } finally {
        waiting.delete(giveUp);
      }
    },
    async close() {
      closed = true;
      for (const giveUp of waiting) giveUp(undefined);
    },
  };
}
