import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Door } from '../door.ts';
import { auditStore } from '../audit.ts';
import { captured, journal } from '../journal.ts';
import { shopper, success, until, type Shopper } from '../shopper.ts';
import { available, stockRoom } from '../stock-room.ts';

/** Several at once: the last unit, a double click, a crowd. */
export function raceBehaviors(door: Door): void {
  const room = stockRoom(door);

  async function withInCart(sku: string, quantity = 1): Promise<Shopper> {
    const one = shopper(door);
    await one.put(sku, quantity);
    return one;
  }

  describe('shoppers at the same time', () => {
    it.each([1, 2, 3, 4, 5])('sells the last unit to exactly one of two (round %i)', async () => {
      const { sku } = await room.add({ stock: 1 });
      const two = await Promise.all([withInCart(sku), withInCart(sku)]);
      const orders = await Promise.all(two.map((one) => one.buy()));
      const paid = orders.filter(({ status }) => status === 'paid');
      const others = orders.filter(({ status }) => status !== 'paid');
      expect(paid).toHaveLength(1);
      expect(others).toMatchObject([{ status: 'rejected', reason: 'out_of_stock' }]);
      expect(await available(door, sku)).toBe(0);
      for (const { id, status } of orders) {
        expect(captured(await journal(door.providerUrl, id))).toHaveLength(status === 'paid' ? 1 : 0);
      }
    });

    it('sells three units to exactly three of eight', async () => {
      const { sku } = await room.add({ stock: 3 });
      const crowd = await Promise.all(Array.from({ length: 8 }, () => withInCart(sku)));
      const orders = await Promise.all(crowd.map((one) => one.buy()));
      const outcomes = orders.map(({ status, reason }) => reason ?? status).toSorted();
      expect(outcomes).toEqual([...Array(5).fill('out_of_stock'), ...Array(3).fill('paid')]);
      expect(await available(door, sku)).toBe(0);
    });

    it('sells to two who want the same products in opposite order', async () => {
      const [left, right] = [await room.add({ stock: 20 }), await room.add({ stock: 20 })];
      const crowd = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const [first, second] = n % 2 ? [left, right] : [right, left];
          const one = await withInCart(first.sku);
          await one.put(second.sku, 2);
          return one;
        }),
      );
      const orders = await Promise.all(crowd.map((one) => one.buy()));
      expect(orders.map(({ status }) => status)).toEqual(Array(8).fill('paid'));
      expect((await available(door, left.sku)) + (await available(door, right.sku))).toBe(40 - 8 * 3);
    });

    it('keeps its books right through a crowd that buys, is declined and cancels', async () => {
      const [plenty, scarce] = [await room.add({ stock: 50, cents: 700 }), await room.add({ stock: 4, cents: 11 })];
      const customers = await Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const one = await withInCart(plenty.sku, 1 + (n % 3));
          if (n % 2 === 0) await one.put(scarce.sku, 1);
          const order = await one.buy(n % 4 === 3 ? { token: 'tok_declined' } : {});
          if (n % 5 === 0) await one.cancel(order.id);
          return { cookie: one.cookie() ?? '', acknowledged: [order.id], keys: 1 };
        }),
      );
      const stock = [
        { sku: plenty.sku, supplied: 50 },
        { sku: scarce.sku, supplied: 4 },
      ];
      // A canceled order has its stock and money back by the recovery time at the latest.
      let violations = await auditStore({ door, customers, stock });
      const deadline = Date.now() + 15_000;
      while (violations.length > 0 && Date.now() < deadline) violations = await auditStore({ door, customers, stock });
      expect(violations).toEqual([]);
    });
  });

  describe('a double click', () => {
    it.each([1, 2, 3, 4, 5, 6, 7, 8])(
      'never buys twice, though each click has a key of its own (round %i)',
      async () => {
        const { sku } = await room.add({ stock: 10 });
        const ada = await withInCart(sku, 2);
        const answers = await Promise.all([ada.checkout(), ada.checkout(), ada.checkout()]);
        const orders = answers.filter(({ ok }) => ok).map(success);
        expect(orders).toHaveLength(1);
        for (const answer of answers) {
          if (answer.ok) continue;
          expect(answer.status).toBe(409);
          expect(['/problems/checkout-in-progress', '/problems/cart-empty']).toContain(answer.problem.type);
        }
        for (const { id } of orders) expect((await ada.outcome(id)).status).toBe('paid');
        expect(await ada.orders()).toHaveLength(1);
        expect(await available(door, sku)).toBe(8);
        await until('the cart is empty', 5_000, ada.cart, ({ count }) => count === 0);
      },
    );

    it('buys once when the second click comes right after the first was answered', async () => {
      const { sku } = await room.add({ stock: 10 });
      const ada = await withInCart(sku);
      const { id } = success(await ada.checkout());
      const second = await ada.checkout();
      expect(second.status).toBe(409);
      await ada.outcome(id);
      expect(await available(door, sku)).toBe(9);
    });

    it('in two tabs buys once', async () => {
      const { sku } = await room.add({ stock: 10 });
      const tab = await withInCart(sku);
      const other = shopper(door, tab.cookie());
      const answers = await Promise.all([tab.checkout({ prefer: 'wait=0' }), other.checkout({ prefer: 'wait=0' })]);
      const made = answers.filter(({ ok }) => ok).map(success);
      expect(made).toHaveLength(1);
      await tab.outcome(made[0]?.id ?? '');
      expect(await available(door, sku)).toBe(9);
    });

    it('does not bar the next purchase once the first is done', async () => {
      const { sku } = await room.add({ stock: 10 });
      const ada = await withInCart(sku);
      for (let n = 0; n < 3; n += 1) {
        if (n > 0) await ada.put(sku, 1);
        expect((await ada.buy({ key: randomUUID() })).status).toBe('paid');
      }
      expect(await ada.orders()).toHaveLength(3);
    });
  });
}
