import { ok, shouldGiveUp } from '@twinstore/kernel';
import type { Carts } from '@twinstore/cart';
import type { Payments } from '@twinstore/payment';
import type { Quotes, Stock } from '@twinstore/product';
import type { Order } from '../domain/order.ts';
import { beginCheckout } from './begin-checkout.ts';
import { background, outcomeOf } from './outcome.ts';
import type { Checkout, OrderBook, Undertaking } from './ports.ts';
import type { Outcomes } from './watch.ts';

export interface OrchestrateParts {
  readonly orders: OrderBook;
  readonly watch: Outcomes;
  readonly carts: Carts;
  readonly products: Quotes & Stock;
  readonly payments: Payments;
  readonly newId: () => string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Checkout as a saga: one step after the other, each in the module that owns it, each safe to repeat, with a
 * compensation for those that have to be taken back. Who runs it decides the style: `orchestrated` in the gateway,
 * `direct` in the order service.
 */
export function orchestrate(parts: OrchestrateParts): Checkout {
  const { orders, carts, products, payments } = parts;
  const after = background(parts.onFailure);

  /** Drives an order on from wherever it stands. Whoever else does the same comes to the same end. */
  async function drive(undertaking: Undertaking): Promise<Order> {
    const order = undertaking.order.status === 'pending' ? await decide(undertaking) : undertaking.order;
    if (order.status === 'paid') {
      await Promise.all([products.commit(order.id), carts.takeOut(undertaking.shopper, order.id, order.items)]);
      await orders.finish(order);
    }
    if (order.status === 'canceled') {
      // The cart only if the cancellation came before the checkout was over: a cart remembers the last few orders, and
      // would take the lines of an older one out for a second time.
      const cart = undertaking.linesInCart ? carts.takeOut(undertaking.shopper, order.id, order.items) : undefined;
      await Promise.all([products.giveBack(order.id), cart]);
      if ((await payments.refund(order.id)) === 'refunded') await orders.finish(order);
      else await orders.postpone(order.id);
    }
    return order;
  }

  async function decide({ order, paymentToken, failingSince }: Undertaking): Promise<Order> {
    const { id, items, total } = order;
    const held = await products.reserve(
      id,
      items.map(({ sku, quantity }) => ({ sku, quantity })),
    );
    if (!held.ok) return orders.reject(id, 'out_of_stock');
    const outcome =
      shouldGiveUp(failingSince, new Date()) || paymentToken === undefined
        ? await payments.abandon(id)
        : await payments.charge(id, total, paymentToken);
    switch (outcome) {
      case 'captured':
        return orders.markPaid(id);
      case 'declined':
        await products.giveBack(id);
        return orders.reject(id, 'payment_declined');
      case 'voided':
        await products.giveBack(id);
        return orders.reject(id, 'payment_unavailable');
      case 'refused':
      case 'unknown':
        // Never assumed, always asked again: by the reconciler.
        await orders.postpone(id);
        return order;
    }
  }

  return {
    async place(request, waitMs) {
      const begun = await beginCheckout({ orders, carts, quotes: products, newId: parts.newId }, request);
      if (!begun.ok) return begun;
      const { order, isNew } = begun.value;
      const { shopper, paymentToken } = request;
      const driving = isNew
        ? after.run(
            drive({ order, shopper, paymentToken, unfinished: true, linesInCart: true, failingSince: undefined }),
          )
        : undefined;
      return ok(await outcomeOf(parts.watch, order, driving, waitMs));
    },

    async cancel(shopper, orderId) {
      const canceled = await orders.cancel(shopper, orderId);
      if (canceled.ok) await after.run(this.resume(orderId));
      return canceled;
    },

    async resume(orderId) {
      const undertaking = await orders.find(orderId);
      if (undertaking?.unfinished) await drive(undertaking);
    },

    close: () => after.close(),
  };
}
