import type { Announcement, Reactions } from '@twinstore/contracts';
import type { Stock } from './ports.ts';

/** What the product service does on what the others say about an order. Safe to repeat, and in any order. */
export const productReactions = (stock: Stock): Reactions<'product'> => ({
  async 'order.placed.v1'({ orderId, lines }) {
    const held = await stock.reserve(orderId, lines);
    const answer: Announcement = held.ok
      ? { type: 'stock.reserved.v1', data: { orderId } }
      : { type: 'stock.refused.v1', data: { orderId, skus: [...held.error.skus] } };
    return [answer];
  },

  async 'order.paid.v1'({ orderId }) {
    await stock.commit(orderId);
    return [{ type: 'stock.sold.v1', data: { orderId } }];
  },

  async 'payment.failed.v1'({ orderId, because }) {
    await stock.giveBack(orderId);
    return [{ type: 'stock.released.v1', data: { orderId, because } }];
  },

  async 'order.canceled.v1'({ orderId }) {
    await stock.giveBack(orderId);
    return [{ type: 'stock.returned.v1', data: { orderId } }];
  },
});
