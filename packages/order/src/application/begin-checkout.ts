import { err, ok, type Result } from '@twinstore/kernel';
import type { Carts } from '@twinstore/cart';
import type { Quotes } from '@twinstore/product';
import { priceLines, type Order } from '../domain/order.ts';
import type { CheckoutRefusal, CheckoutRequest, OrderBook, Placed, Standing } from './ports.ts';

interface Parts {
  readonly orders: Pick<OrderBook, 'standing' | 'place'>;
  readonly carts: Carts;
  readonly quotes: Quotes;
  readonly newId: () => string;
}

/** An order that was just placed, or the one that the same request placed before. */
export interface Begun {
  readonly order: Order;
  readonly isNew: boolean;
}

/** First step of every checkout: writes the order down, with the lines of the cart at the prices of now. */
export async function beginCheckout(parts: Parts, request: CheckoutRequest): Promise<Result<Begun, CheckoutRefusal>> {
  const standing = await parts.orders.standing(request);
  // Asked before the cart is read: lines that another checkout is about to take out must not be bought again.
  if (standing.state !== 'ready') return answer(standing);
  const wanted = await parts.carts.lines(request.shopper);
  const quotes = wanted.length === 0 ? [] : await parts.quotes.quote(wanted.map(({ sku }) => sku));
  const priced = priceLines(wanted, quotes, request.expectedTotal);
  if (!priced.ok) {
    // A twin of this request may have been through with its whole checkout before we read the cart, and emptied it.
    const since = await parts.orders.standing(request);
    return since.state === 'ready' ? priced : answer(since);
  }
  return answer(await parts.orders.place({ ...request, ...priced.value, id: parts.newId(), turn: standing.turn }));
}

function answer(standing: Placed | Exclude<Standing, { state: 'ready' }>): Result<Begun, CheckoutRefusal> {
  switch (standing.state) {
    case 'placed':
      return ok({ order: standing.order, isNew: true });
    case 'replay':
      return ok({ order: standing.order, isNew: false });
    case 'key-reused':
      return err({ code: 'idempotency-key-reused' });
    case 'in-progress':
      return err({ code: 'checkout-in-progress' });
  }
}
