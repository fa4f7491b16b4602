import { ok } from '@twinstore/kernel';
import type { Carts } from '@twinstore/cart';
import type { Announcement, Reactions } from '@twinstore/contracts';
import type { Quotes } from '@twinstore/product';
import type { Order } from '../domain/order.ts';
import { beginCheckout } from './begin-checkout.ts';
import type { Checkout, EventedBook, OrderBook, Undertaking } from './ports.ts';
import type { Outcomes } from './watch.ts';

/** Says what happened: in the transaction that makes it happen, so that neither is without the other. */
export type Announce = (announcements: readonly Announcement[]) => Promise<void>;

export interface ChoreographParts {
  /** The book and what is said over one transaction. */
  readonly atomically: <T>(work: (orders: OrderBook, announce: Announce) => Promise<T>) => Promise<T>;
  readonly orders: OrderBook;
  readonly carts: Carts;
  readonly quotes: Quotes;
  readonly watch: Outcomes;
  readonly newId: () => string;
}

/**
 * Checkout by events: this service says what became of an order, each service reacts to the last, and nobody directs.
 * What is to be done next is nowhere written but in the services' reactions (`orderReactions` here).
 */
export function choreograph(parts: ChoreographParts): Checkout {
  const { atomically, orders, carts, quotes, watch, newId } = parts;

  return {
    async place(request, waitMs) {
      const { shopper, paymentToken } = request;
      const spoken: Pick<OrderBook, 'standing' | 'place'> = {
        standing: orders.standing,
        place: (order) =>
          atomically(async (orders, announce) => {
            const placed = await orders.place(order);
            if (placed.state === 'placed') await announce([asPlaced(placed.order, shopper, paymentToken)]);
            return placed;
          }),
      };
      const begun = await beginCheckout({ orders: spoken, carts, quotes, newId }, request);
      if (!begun.ok) return begun;
      const { order } = begun.value;
      return ok(waitMs === 0 ? order : await watch.settled(order.id, waitMs));
    },

    cancel: (shopper, orderId) =>
      atomically(async (orders, announce) => {
        const canceled = await orders.cancel(shopper, orderId);
        const undertaking = canceled.ok ? await orders.find(orderId) : undefined;
        if (undertaking?.unfinished) await announce(asItStands(undertaking));
        return canceled;
      }),

    /** Says again how things stand: whoever had a part in it answers again, since each decided it once and for all. */
    async resume(orderId) {
      const undertaking = await orders.find(orderId);
      if (!undertaking?.unfinished) return;
      await atomically((_orders, announce) => announce(asItStands(undertaking)));
    },

    close: async () => {},
  };
}

/** What the order service does on what the others say. Every reaction is safe to repeat, and in any order. */
export function orderReactions(orders: EventedBook): Reactions<'order'> {
  const reject = async (orderId: string, because: NonNullable<Order['reason']>): Promise<Announcement[]> => {
    const { reason } = await orders.reject(orderId, because);
    return reason ? [{ type: 'order.rejected.v1', data: { orderId, reason } }] : [];
  };
  const confirm = async (orderId: string, heard: Parameters<EventedBook['confirm']>[1]) => {
    await orders.confirm(orderId, heard);
    return [];
  };

  return {
    'stock.refused.v1': ({ orderId }) => reject(orderId, 'out_of_stock'),
    // Only now and not when the payment failed: a rejected order's stock is free.
    'stock.released.v1': ({ orderId, because }) => reject(orderId, because),

    async 'payment.captured.v1'({ orderId }) {
      const undertaking = await orders.find(orderId);
      if (!undertaking) throw new Error(`a charge was captured for order ${orderId}, which does not exist`);
      const order = await orders.markPaid(orderId);
      return order.status === 'paid' ? [asPaid(order, undertaking.shopper)] : [];
    },

    'stock.sold.v1': ({ orderId }) => confirm(orderId, 'sale'),
    'cart.taken-out.v1': ({ orderId }) => confirm(orderId, 'cart'),
    'stock.returned.v1': ({ orderId }) => confirm(orderId, 'return'),
    'payment.refunded.v1': ({ orderId }) => confirm(orderId, 'refund'),
  };
}

function asItStands({ order, shopper, paymentToken, linesInCart }: Undertaking): Announcement[] {
  switch (order.status) {
    case 'pending':
      return paymentToken === undefined ? [] : [asPlaced(order, shopper, paymentToken)];
    case 'paid':
      return [asPaid(order, shopper)];
    case 'canceled':
      // Canceled before the checkout was over: its lines have to go too, and whoever sells them now gives them back.
      return [...(linesInCart ? [asPaid(order, shopper)] : []), asCanceled(order)];
    case 'rejected':
      return [];
  }
}

const linesOf = ({ items }: Order) => items.map(({ sku, quantity }) => ({ sku, quantity }));

const asPlaced = (order: Order, shopper: string, paymentToken: string): Announcement => ({
  type: 'order.placed.v1',
  data: { orderId: order.id, shopper, lines: linesOf(order), total: order.total, paymentToken },
});

const asPaid = (order: Order, shopper: string): Announcement => ({
  type: 'order.paid.v1',
  data: { orderId: order.id, shopper, lines: linesOf(order) },
});

const asCanceled = ({ id }: Order): Announcement => ({ type: 'order.canceled.v1', data: { orderId: id } });
