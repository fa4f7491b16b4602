import { ok, shouldGiveUp } from '@twinstore/kernel';
import type { Carts } from '@twinstore/cart';
import type { PaymentLedger, PaymentProvider } from '@twinstore/payment';
import type { Quotes, Stock } from '@twinstore/product';
import type { Order } from '../domain/order.ts';
import { beginCheckout, type Begun } from './begin-checkout.ts';
import { background, outcomeOf } from './outcome.ts';
import type { Checkout, OrderBook, Undertaking } from './ports.ts';
import type { Outcomes } from './watch.ts';

/** The modules over one transaction: what they change commits together or not at all. */
export interface TransactModules {
  readonly orders: OrderBook;
  readonly carts: Carts;
  readonly products: Quotes & Stock;
  readonly ledger: PaymentLedger;
}

export interface TransactParts {
  readonly atomically: <T>(work: (modules: TransactModules) => Promise<T>) => Promise<T>;
  /** Outside any transaction. */
  readonly orders: OrderBook;
  readonly watch: Outcomes;
  readonly provider: PaymentProvider;
  readonly newId: () => string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Checkout in the monolith: one transaction across the modules before the charge and one after it. No compensation
 * is needed within either. The charge itself stands between them, since no rollback takes back a charge.
 */
export function transact(parts: TransactParts): Checkout {
  const { atomically, orders, provider } = parts;
  const after = background(parts.onFailure);

  async function drive(undertaking: Undertaking): Promise<Order> {
    const { order } = undertaking;
    if (order.status === 'pending') return charge(undertaking);
    if (order.status === 'canceled') await refund(order);
    return order;
  }

  async function charge({ order, shopper, paymentToken, failingSince }: Undertaking): Promise<Order> {
    const { id, items, total } = order;
    const outcome =
      shouldGiveUp(failingSince, new Date()) || paymentToken === undefined
        ? await provider.void(id)
        : await provider.charge(id, total, paymentToken);
    if (outcome === 'refused' || outcome === 'unknown') {
      // Never assumed, always asked again: by the reconciler.
      await orders.postpone(id);
      return order;
    }
    return atomically(async (modules) => {
      await modules.ledger.settle(id, outcome);
      if (outcome !== 'captured') {
        await modules.products.giveBack(id);
        return modules.orders.reject(id, outcome === 'declined' ? 'payment_declined' : 'payment_unavailable');
      }
      const paid = await modules.orders.markPaid(id);
      await modules.products.commit(id);
      await modules.carts.takeOut(shopper, id, items);
      await modules.orders.finish(paid);
      return paid;
    });
  }

  async function refund({ id, status, total }: Order): Promise<void> {
    if ((await provider.refund(id, total)) === 'unknown') return orders.postpone(id);
    await atomically(async (modules) => {
      await modules.ledger.markRefunded(id);
      await modules.orders.finish({ id, status });
    });
  }

  return {
    async place(request, waitMs) {
      const begun = await atomically(async (modules) => {
        const { orders, carts, products, ledger } = modules;
        const begun = await beginCheckout({ orders, carts, quotes: products, newId: parts.newId }, request);
        if (!begun.ok || !begun.value.isNew) return begun;
        const { order } = begun.value;
        const held = await products.reserve(
          order.id,
          order.items.map(({ sku, quantity }) => ({ sku, quantity })),
        );
        if (!held.ok) return ok<Begun>({ order: await orders.reject(order.id, 'out_of_stock'), isNew: true });
        await ledger.open(order.id, order.total);
        return begun;
      });
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
      const canceled = await atomically(async (modules) => {
        const order = await modules.orders.cancel(shopper, orderId);
        if (order.ok) await modules.products.giveBack(orderId);
        return order;
      });
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
