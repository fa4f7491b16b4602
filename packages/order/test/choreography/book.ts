import { err, ok, retryDelay } from '@twinstore/kernel';
import type { Awaited, DrivenBy, EventedBook, NewOrder, Standing } from '../../src/application/ports.ts';
import type { Order } from '../../src/domain/order.ts';
import type { Clock } from './clock.ts';

export interface BookEntry {
  order: Order;
  readonly shopper: string;
  paymentToken: string | undefined;
  dueAt: number | undefined;
  attempts: number;
  failingSince: number | undefined;
  awaiting: readonly Awaited[] | undefined;
}

export interface ShopperEntry {
  turn: number;
  openOrder: string | undefined;
}

export interface BookState {
  orders: Map<string, BookEntry>;
  shoppers: Map<string, ShopperEntry>;
  keys: Map<string, { readonly bodyDigest: string; readonly orderId: string }>;
}

export const emptyBook = (): BookState => ({ orders: new Map(), shoppers: new Map(), keys: new Map() });

const GRACE_MS = 6000;

const time = (clock: Clock) => new Date(clock.now).toISOString();

/** Checkout's memory, in memory. */
export function modelBook(state: BookState, clock: Clock, drivenBy: DrivenBy): EventedBook {
  const awaiting = (...what: Awaited[]) => (drivenBy === 'events' ? what : undefined);

  function entryOf(orderId: string): BookEntry {
    const entry = state.orders.get(orderId);
    if (!entry) throw new Error(`there is no order ${orderId}`);
    return entry;
  }

  const turnTo = (entry: BookEntry, status: Order['status']) => {
    entry.order = { ...entry.order, status, updatedAt: time(clock) };
  };

  const isOpen = ({ shopper, order }: BookEntry) => state.shoppers.get(shopper)?.openOrder === order.id;

  const linesInCart = (entry: BookEntry) =>
    entry.order.status === 'canceled' && entry.awaiting ? entry.awaiting.includes('cart') : isOpen(entry);

  const free = (entry: BookEntry) => {
    const shopper = state.shoppers.get(entry.shopper);
    if (shopper && isOpen(entry)) shopper.openOrder = undefined;
  };

  const book: EventedBook = {
    async standing({ shopper, key, bodyDigest }): Promise<Standing> {
      const known = state.keys.get(`${shopper}/${key}`);
      if (known) {
        if (known.bodyDigest !== bodyDigest) return { state: 'key-reused' };
        return { state: 'replay', order: entryOf(known.orderId).order };
      }
      const entry = state.shoppers.get(shopper);
      return entry?.openOrder ? { state: 'in-progress' } : { state: 'ready', turn: entry?.turn ?? 0 };
    },

    async place(asked) {
      const entry = state.shoppers.get(asked.shopper);
      if ((entry && entry.turn !== asked.turn) || entry?.openOrder) {
        const standing = await book.standing(asked);
        return standing.state === 'ready' ? { state: 'in-progress' } : standing;
      }
      state.shoppers.set(asked.shopper, { turn: asked.turn + 1, openOrder: asked.id });
      state.keys.set(`${asked.shopper}/${asked.key}`, { bodyDigest: asked.bodyDigest, orderId: asked.id });
      const order = asOrder(asked, time(clock));
      state.orders.set(asked.id, {
        order,
        shopper: asked.shopper,
        paymentToken: asked.paymentToken,
        dueAt: clock.now + GRACE_MS,
        attempts: 0,
        failingSince: undefined,
        awaiting: awaiting('outcome'),
      });
      return { state: 'placed', order };
    },

    async find(orderId) {
      const entry = state.orders.get(orderId);
      if (!entry) return undefined;
      const { order, shopper, paymentToken, dueAt } = entry;
      const [unfinished, failingSince] = [dueAt !== undefined, clock.ago(entry.failingSince)];
      return { order, shopper, paymentToken, unfinished, linesInCart: linesInCart(entry), failingSince };
    },

    async markPaid(orderId) {
      const entry = entryOf(orderId);
      if (entry.order.status !== 'pending') return entry.order;
      turnTo(entry, 'paid');
      entry.paymentToken = undefined;
      entry.awaiting &&= ['sale', 'cart'];
      return entry.order;
    },

    async reject(orderId, reason) {
      const entry = entryOf(orderId);
      if (entry.order.status !== 'pending') return entry.order;
      turnTo(entry, 'rejected');
      entry.order = { ...entry.order, reason };
      entry.paymentToken = undefined;
      entry.dueAt = undefined;
      entry.awaiting &&= [];
      free(entry);
      return entry.order;
    },

    async cancel(shopper, orderId) {
      const entry = state.orders.get(orderId);
      if (!entry || entry.shopper !== shopper) return err({ code: 'not-found' });
      if (entry.order.status === 'canceled') return ok(entry.order);
      if (entry.order.status !== 'paid') return err({ code: 'not-cancelable' });
      turnTo(entry, 'canceled');
      entry.dueAt = clock.now + GRACE_MS;
      entry.attempts = 0;
      entry.failingSince = undefined;
      entry.awaiting = awaiting('return', 'refund', ...(isOpen(entry) ? ['cart' as const] : []));
      return ok(entry.order);
    },

    async finish({ id, status }) {
      const entry = state.orders.get(id);
      if (!entry || status === 'pending' || entry.order.status !== status) return;
      entry.dueAt = undefined;
      entry.awaiting &&= [];
      free(entry);
    },

    async confirm(orderId, heard) {
      const entry = state.orders.get(orderId);
      if (!entry?.awaiting?.includes(heard) || entry.order.status === 'pending') return;
      entry.awaiting = entry.awaiting.filter((one) => one !== heard);
      if (entry.awaiting.length === 0) entry.dueAt = undefined;
      if (!entry.awaiting.includes('cart')) free(entry);
    },

    async postpone(orderId) {
      const entry = state.orders.get(orderId);
      if (entry?.dueAt === undefined) return;
      entry.dueAt = clock.now + retryDelay(entry.attempts);
      entry.attempts += 1;
      entry.failingSince ??= clock.now;
    },
  };
  return book;
}

/** Overdue orders that are driven so, taken for a moment. */
export function claimOverdue(state: BookState, clock: Clock, drivenBy: DrivenBy): readonly string[] {
  const due = [...state.orders.values()].filter(
    ({ dueAt, awaiting }) =>
      dueAt !== undefined && dueAt <= clock.now && (awaiting === undefined) === (drivenBy === 'calls'),
  );
  for (const entry of due) entry.dueAt = clock.now + GRACE_MS;
  return due.map(({ order }) => order.id);
}

const asOrder = (asked: NewOrder, now: string): Order => ({
  id: asked.id,
  status: 'pending',
  items: asked.lines,
  total: asked.total,
  shippingAddress: asked.shippingAddress,
  createdAt: now,
  updatedAt: now,
});
