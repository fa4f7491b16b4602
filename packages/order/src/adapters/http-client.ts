import { exposePort, remotePort, type Identify, type PortMethods, type Upstream } from '@twinstore/platform';
import type { OrderBook } from '../application/ports.ts';

/** For how long a caller waits, in milliseconds. */
const methods: PortMethods<OrderBook> = {
  standing: 2000,
  place: 3000,
  find: 2000,
  markPaid: 3000,
  reject: 3000,
  cancel: 3000,
  finish: 3000,
  postpone: 2000,
};

/** The order service's book, for an orchestrator in another process. */
export const httpOrderBook = (upstream: Upstream): OrderBook => remotePort('order', upstream, methods);

export const exposeOrderBook = (book: OrderBook, identify: Identify) => exposePort('order', book, methods, identify);
