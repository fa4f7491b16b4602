import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { routes } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { captured, journal, netOf } from '../journal.ts';
import { address, orderPath, shopper, success } from '../shopper.ts';
import { available, stockRoom } from '../stock-room.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' as const });

/** Buying what is in the cart: one shopper, one request at a time. */
export function checkoutBehaviors(door: Door): void {
  const room = stockRoom(door);

  describe('checkout', () => {
    it('sells what is in the cart, at the prices of now, to the address given', async () => {
      const [kettle, cup] = [
        await room.add({ cents: 1999, stock: 5, name: 'Kettle' }),
        await room.add({ cents: 5, stock: 9 }),
      ];
      const ada = shopper(door);
      await ada.put(kettle.sku, 2);
      await ada.put(cup.sku, 9);
      const order = await ada.buy();
      expect(order).toEqual({
        id: expect.any(String),
        status: 'paid',
        items: [
          { sku: kettle.sku, name: 'Kettle', unitPrice: usd(1999), quantity: 2, lineTotal: usd(3998) },
          { sku: cup.sku, name: cup.name, unitPrice: usd(5), quantity: 9, lineTotal: usd(45) },
        ],
        total: usd(4043),
        shippingAddress: address,
        createdAt: expect.stringMatching(/Z$/),
        updatedAt: expect.stringMatching(/Z$/),
      });
      expect(Math.abs(Date.now() - Date.parse(order.createdAt))).toBeLessThan(60_000);
      expect(Date.parse(order.updatedAt)).toBeGreaterThanOrEqual(Date.parse(order.createdAt));
    });

    it('answers 201 with the outcome, or 202 while there is none, and where the order is', async () => {
      const { sku } = await room.add({ stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const answer = await ada.checkout();
      const order = success(answer);
      expect(answer.status).toBe(order.status === 'pending' ? 202 : 201);
      expect(answer.headers.get('location')).toBe(orderPath(order.id));
      expect((await ada.order(order.id)).id).toBe(order.id);
    });

    it('charges the card once, exactly the total', async () => {
      const { sku } = await room.add({ cents: 1234, stock: 3 });
      const ada = shopper(door);
      await ada.put(sku, 3);
      const { id } = await ada.buy();
      const entries = await journal(door.providerUrl, id);
      expect(entries).toMatchObject([{ orderId: id, kind: 'charge', outcome: 'captured', amount: usd(3702) }]);
    });

    it('has taken the units from the stock, and the lines from the cart, when it answers paid', async () => {
      const { sku } = await room.add({ stock: 5 });
      const ada = shopper(door);
      const { version } = await ada.put(sku, 2);
      expect((await ada.buy()).status).toBe('paid');
      expect(await available(door, sku)).toBe(3);
      const cart = await ada.cart();
      expect(cart).toMatchObject({ items: [], subtotal: usd(0), count: 0 });
      expect(cart.version).toBeGreaterThan(version);
    });

    it('rejects an order for more than there is, and touches neither stock, cart nor card', async () => {
      const { sku } = await room.add({ stock: 2 });
      const ada = shopper(door);
      const before = await ada.put(sku, 3);
      const order = await ada.buy();
      expect(order).toMatchObject({ status: 'rejected', reason: 'out_of_stock' });
      expect(await available(door, sku)).toBe(2);
      expect((await ada.cart()).items).toEqual(before.items);
      expect(await journal(door.providerUrl, order.id)).toEqual([]);
    });

    it('holds all lines or none', async () => {
      const [plenty, scarce] = [await room.add({ stock: 10 }), await room.add({ stock: 1 })];
      const ada = shopper(door);
      await ada.put(plenty.sku, 4);
      await ada.put(scarce.sku, 2);
      expect(await ada.buy()).toMatchObject({ status: 'rejected', reason: 'out_of_stock' });
      expect(await available(door, plenty.sku)).toBe(10);
      expect(await available(door, scarce.sku)).toBe(1);
    });

    it.each(['tok_declined', 'tok_insufficient_funds'] as const)(
      'rejects an order paid with %s, frees the stock and leaves the cart alone',
      async (token) => {
        const [one, two] = [await room.add({ stock: 4 }), await room.add({ stock: 1 })];
        const ada = shopper(door);
        await ada.put(one.sku, 3);
        const before = await ada.put(two.sku, 1);
        const order = await ada.buy({ token });
        expect(order).toMatchObject({ status: 'rejected', reason: 'payment_declined' });
        const entries = await journal(door.providerUrl, order.id);
        expect({ captured: captured(entries), net: netOf(entries) }).toEqual({ captured: [], net: 0 });
        const after = await ada.cart();
        expect(after.items.map(({ sku, quantity }) => [sku, quantity])).toEqual([
          [one.sku, 3],
          [two.sku, 1],
        ]);
        expect(after.version).toBe(before.version);
        expect(await available(door, one.sku)).toBe(4);
        expect(await available(door, two.sku)).toBe(1);
      },
    );

    it('lets a shopper try another card after a declined one', async () => {
      const { sku } = await room.add({ stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      expect((await ada.buy({ token: 'tok_declined' })).status).toBe('rejected');
      expect((await ada.buy()).status).toBe('paid');
      expect(await available(door, sku)).toBe(0);
    });

    it("charges today's price, not the one of the day when the product went into the cart", async () => {
      const product = await room.add({ cents: 1000, stock: 1 });
      const ada = shopper(door);
      await ada.put(product.sku, 1);
      await room.change(product, { price: usd(1300) });
      const order = await ada.buy();
      expect(order).toMatchObject({ status: 'paid', total: usd(1300) });
      expect(await journal(door.providerUrl, order.id)).toMatchObject([{ amount: usd(1300) }]);
    });

    it('goes ahead when the expected total is right', async () => {
      const { sku } = await room.add({ cents: 250, stock: 2 });
      const ada = shopper(door);
      await ada.put(sku, 2);
      expect(await ada.buy({ expectedTotal: usd(500) })).toMatchObject({ status: 'paid', total: usd(500) });
    });

    it('says what the total is now when it is not the expected one, and makes no order', async () => {
      const product = await room.add({ cents: 250, stock: 2 });
      const ada = shopper(door);
      await ada.put(product.sku, 2);
      await room.change(product, { price: usd(300) });
      const answer = await ada.checkout({ expectedTotal: usd(500) });
      expect(answer).toMatchObject({ status: 409, problem: { type: '/problems/price-changed', total: usd(600) } });
      expect(await ada.orders()).toEqual([]);
      expect(await available(door, product.sku)).toBe(2);
      expect((await ada.cart()).count).toBe(2);
    });

    it('ignores prices, totals, items and a status that a client makes up', async () => {
      const { sku } = await room.add({ cents: 900, stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const wishes = { total: usd(1), items: [], status: 'paid', price: usd(1), id: randomUUID(), amount: 1 };
      const { status, text } = await ada.sendJson(
        'POST',
        '/api/orders',
        { paymentToken: 'tok_visa', shippingAddress: address, ...wishes },
        { 'Idempotency-Key': randomUUID() },
      );
      expect([201, 202]).toContain(status);
      expect(await ada.outcome(JSON.parse(text).id)).toMatchObject({
        status: 'paid',
        total: usd(900),
        items: [{ sku }],
      });
    });

    it('leaves out a product that was deleted from under the cart', async () => {
      const [gone, kept] = [await room.add({ stock: 1, cents: 100 }), await room.add({ stock: 1, cents: 30 })];
      const ada = shopper(door);
      await ada.put(gone.sku, 1);
      await ada.put(kept.sku, 1);
      await room.remove(gone.sku);
      expect(await ada.buy()).toMatchObject({ status: 'paid', items: [{ sku: kept.sku }], total: usd(30) });
    });

    it('sells what is free for nothing', async () => {
      const { sku } = await room.add({ cents: 0, stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const order = await ada.buy();
      expect(order).toMatchObject({ status: 'paid', total: usd(0) });
      expect(netOf(await journal(door.providerUrl, order.id))).toBe(0);
    });

    it('charges totals beyond 32 bits to the cent', async () => {
      const { sku } = await room.add({ cents: 99_999_999, stock: 99 });
      const ada = shopper(door);
      await ada.put(sku, 99);
      const { id, total } = await ada.buy();
      expect(total).toEqual(usd(9_899_999_901));
      expect(await journal(door.providerUrl, id)).toMatchObject([{ outcome: 'captured', amount: total }]);
    });

    it('has nothing to sell to an empty cart', async () => {
      const ada = shopper(door);
      expect(await ada.checkout()).toMatchObject({ status: 409, problem: { type: '/problems/cart-empty' } });
      expect(ada.cookie()).toBeUndefined();
      const { sku } = await room.add({ stock: 1 });
      await ada.put(sku, 1);
      success(await ada.call(routes.clearCart));
      expect(await ada.checkout()).toMatchObject({ status: 409, problem: { type: '/problems/cart-empty' } });
      expect(await ada.orders()).toEqual([]);
    });

    it('keeps the payment token to itself', async () => {
      const { sku } = await room.add({ stock: 2 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const answer = success(await ada.checkout());
      await ada.outcome(answer.id);
      const canceled = success(await ada.cancel(answer.id));
      const shown = JSON.stringify([answer, canceled, await ada.order(answer.id), await ada.orders()]);
      expect(shown).not.toMatch(/tok_/);
    });
  });

  describe('Prefer: wait', () => {
    const ready = async (stock = 1) => {
      const { sku } = await room.add({ stock });
      const ada = shopper(door);
      await ada.put(sku, 1);
      return ada;
    };

    it.each(['wait=10', 'wait=30', 'respond-async, wait=10'])('says that it applied %s', async (prefer) => {
      const ada = await ready();
      const answer = await ada.checkout({ prefer });
      expect(success(answer).status).toBe('paid');
      expect(answer.status).toBe(201);
      expect(answer.headers.get('preference-applied')).toBe(/wait=\d+/.exec(prefer)?.[0]);
    });

    it('is not spoken of when nobody asked', async () => {
      const ada = await ready();
      expect((await ada.checkout()).headers.get('preference-applied')).toBeNull();
    });

    it.each(['wait=31', 'wait=-1', 'wait=soon', 'wait', 'wait=', 'return=minimal', '', ';;,,', 'wait=1e9'])(
      'is not applied when it says "%s"',
      async (prefer) => {
        const ada = await ready();
        const answer = await ada.checkout({ prefer });
        expect(answer.headers.get('preference-applied')).toBeNull();
        expect((await ada.outcome(success(answer).id)).status).toBe('paid');
      },
    );
  });
}
