import type { Reactions } from '@twinstore/contracts';
import type { Carts } from './ports.ts';

/**
 * What the cart service does on what the others say about an order. Nothing here needs a transaction: a cart remembers
 * in its own document whose lines were taken out, so that the second time changes nothing and gives the same answer.
 */
export const cartReactions = (carts: Pick<Carts, 'takeOut'>): Reactions<'cart'> => ({
  async 'order.paid.v1'({ orderId, shopper, lines }) {
    await carts.takeOut(shopper, orderId, lines);
    return [{ type: 'cart.taken-out.v1', data: { orderId } }];
  },
});
