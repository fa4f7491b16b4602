import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Carts } from '@twinstore/cart';
import { newId } from '@twinstore/platform';
import { describeWithPostgres } from '@twinstore/testing';
import fc from 'fast-check';
import { beginCheckout } from '../src/application/begin-checkout.ts';
import type { CheckoutRequest } from '../src/application/ports.ts';
import { openShop, type Sabotage, type Shop, type Style } from './shop.ts';

const address = { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' };
const request = (shopper: string, paymentToken = 'tok_visa', key = newId()): CheckoutRequest => ({
  shopper,
  key,
  bodyDigest: paymentToken,
  paymentToken,
  shippingAddress: address,
  expectedTotal: undefined,
});

for (const style of ['transaction', 'orchestrated'] as const satisfies Style[]) {
  describeWithPostgres(`checkout, style ${style}`, () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await openShop(style);
    });
    afterAll(() => shop.close());

    const available = async (sku: string) => (await shop.catalog.find(sku))?.available;

    it('buys what is in the cart, once, at the price of now', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(1250, 5)];
      await shop.carts.setItem(shopper, sku, 2);
      const bought = await shop.checkout().place(request(shopper), 5000);
      expect(bought).toMatchObject({ ok: true, value: { status: 'paid', total: { amount: 2500 } } });
      expect(await available(sku)).toBe(3);
      expect(await shop.carts.lines(shopper)).toEqual([]);
      const journal = bought.ok ? await shop.provider.journal(bought.value.id) : [];
      expect(journal.map(({ kind, outcome, amount }) => [kind, outcome, amount.amount])).toEqual([
        ['charge', 'captured', 2500],
      ]);
    });

    it('keeps the cart and frees the stock when the card is declined', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(100, 1)];
      await shop.carts.setItem(shopper, sku, 1);
      const declined = await shop.checkout().place(request(shopper, 'tok_declined'), 5000);
      expect(declined).toMatchObject({ ok: true, value: { status: 'rejected', reason: 'payment_declined' } });
      expect(await available(sku)).toBe(1);
      expect(await shop.carts.lines(shopper)).toEqual([{ sku, quantity: 1 }]);
    });

    it('sells the last units to nobody twice, however many want them at once', async () => {
      const sku = await shop.addProduct(100, 3);
      const shoppers = Array.from({ length: 12 }, newId);
      await Promise.all(shoppers.map((shopper) => shop.carts.setItem(shopper, sku, 1)));
      const checkout = shop.checkout();
      const orders = await Promise.all(shoppers.map((shopper) => checkout.place(request(shopper), 10_000)));
      const statuses = orders.map((order) => order.ok && (order.value.reason ?? order.value.status));
      expect(statuses.filter((status) => status === 'paid')).toHaveLength(3);
      expect(statuses.filter((status) => status === 'out_of_stock')).toHaveLength(9);
      expect(await available(sku)).toBe(0);
    });

    it('makes one order of one key, also when it is sent ten times at once', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(100, 50)];
      await shop.carts.setItem(shopper, sku, 1);
      const [checkout, same] = [shop.checkout(), request(shopper)];
      const orders = await Promise.all(Array.from({ length: 10 }, () => checkout.place(same, 10_000)));
      expect(new Set(orders.map((order) => order.ok && order.value.id)).size).toBe(1);
      expect(orders.every((order) => order.ok && order.value.status === 'paid')).toBe(true);
      expect(await available(sku)).toBe(49);
      const other = await checkout.place({ ...same, bodyDigest: 'another' }, 0);
      expect(other).toEqual({ ok: false, error: { code: 'idempotency-key-reused' } });
    });

    it('answers a request with its order when a twin empties the cart before it is read', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(100, 50)];
      await shop.carts.setItem(shopper, sku, 1);
      const same = request(shopper);
      const twin: { id?: string | false } = {};
      const carts: Carts = {
        ...shop.carts,
        async lines(whose) {
          const bought = await shop.checkout().place(same, 10_000);
          twin.id = bought.ok && bought.value.id;
          return shop.carts.lines(whose);
        },
      };
      const begun = await beginCheckout({ orders: shop.book, carts, quotes: shop.catalog, newId }, same);
      expect(begun).toMatchObject({ ok: true, value: { isNew: false, order: { id: twin.id, status: 'paid' } } });
    });

    it('never buys twice on a double click, whatever the timing', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(100, 50)];
      await shop.carts.setItem(shopper, sku, 1);
      const checkout = shop.checkout();
      const clicks = await Promise.all(Array.from({ length: 6 }, () => checkout.place(request(shopper), 10_000)));
      expect(clicks.filter((click) => click.ok)).toHaveLength(1);
      for (const click of clicks) {
        if (!click.ok) expect(['checkout-in-progress', 'cart-empty']).toContain(click.error.code);
      }
      expect(await available(sku)).toBe(49);
    });

    it('gives everything back once when an order is canceled, however often', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(700, 4)];
      await shop.carts.setItem(shopper, sku, 4);
      const checkout = shop.checkout();
      const bought = await checkout.place(request(shopper), 5000);
      if (!bought.ok) throw new Error('not bought');
      const { id } = bought.value;
      expect(await checkout.cancel(newId(), id)).toEqual({ ok: false, error: { code: 'not-found' } });
      const canceled = await Promise.all(Array.from({ length: 5 }, () => checkout.cancel(shopper, id)));
      expect(canceled.every((one) => one.ok && one.value.status === 'canceled')).toBe(true);
      await shop.settle();
      expect(await available(sku)).toBe(4);
      const journal = await shop.provider.journal(id);
      expect(journal.map(({ kind, amount }) => [kind, amount.amount])).toEqual([
        ['charge', 2800],
        ['refund', 2800],
      ]);
    });

    it('asks again when the answer to a charge is lost, and charges once', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(300, 2)];
      await shop.carts.setItem(shopper, sku, 1);
      const placed = await shop.checkout().place(request(shopper, 'tok_timeout'), 10_000);
      await shop.settle();
      if (!placed.ok) throw new Error('not placed');
      expect((await shop.book.find(placed.value.id))?.order.status).toBe('paid');
      const captured = (await shop.provider.journal(placed.value.id)).filter(({ outcome }) => outcome === 'captured');
      expect(captured).toHaveLength(1);
    });

    it('forgets the payment token when the order is decided', async () => {
      const [shopper, sku] = [newId(), await shop.addProduct(300, 2)];
      await shop.carts.setItem(shopper, sku, 1);
      const placed = await shop.checkout().place(request(shopper), 5000);
      if (!placed.ok) throw new Error('not placed');
      expect((await shop.book.find(placed.value.id))?.paymentToken).toBeUndefined();
    });

    // A crash is a step whose work was done or not, and whose caller never got to hear of it or to go on.
    it('ends with everything in balance, wherever it crashes and whoever picks it up', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('tok_visa', 'tok_declined', 'tok_timeout'),
          fc.array(fc.record({ after: fc.nat(11), done: fc.boolean() }), { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          async (token, crashes, cancel) => {
            const [shopper, sku] = [newId(), await shop.addProduct(250, 3)];
            await shop.carts.setItem(shopper, sku, 2);
            const asked = request(shopper, token);
            for (const { after, done } of crashes) {
              const dying = shop.checkout(crashing(after, done));
              await dying.place(asked, 200).catch(() => {});
              await dying.close();
            }
            // The shopper's client tries again with the same key, as it should.
            const placed = await shop.checkout().place(asked, 0);
            if (!placed.ok) throw new Error(placed.error.code);
            const { id } = placed.value;
            if (cancel) {
              await shop.settle();
              const dying = shop.checkout(crashing(crashes[0]?.after ?? 0, crashes[0]?.done ?? false));
              await dying.cancel(shopper, id).catch(() => {});
            }
            await shop.settle();

            const order = (await shop.book.find(id))?.order;
            const journal = await shop.provider.journal(id);
            const net = journal.reduce(
              (sum, { outcome, amount }) =>
                sum + (outcome === 'captured' ? amount.amount : outcome === 'refunded' ? -amount.amount : 0),
              0,
            );
            const paid = order?.status === 'paid';
            const charged = token !== 'tok_declined';
            expect(order?.status).toMatch(charged ? (cancel ? /paid|canceled/ : /paid/) : /rejected/);
            expect(net).toBe(paid ? 500 : 0);
            expect(journal.filter(({ outcome }) => outcome === 'captured')).toHaveLength(charged ? 1 : 0);
            expect(await available(sku)).toBe(paid ? 1 : 3);
            expect(await shop.carts.lines(shopper)).toEqual(charged ? [] : [{ sku, quantity: 2 }]);
            const again = await shop.checkout().place({ ...asked, key: newId() }, 0);
            expect(again).toMatchObject(charged ? { error: { code: 'cart-empty' } } : { ok: true });
            await shop.settle();
          },
        ),
        { numRuns: 60 },
      );
    }, 180_000);
  });
}

/** Lets so many steps through; the next is done or not, but its caller hears nothing; and nothing works after it. */
function crashing(after: number, done: boolean): Sabotage {
  let steps = 0;
  return async (_step, act) => {
    steps += 1;
    if (steps <= after) return act();
    if (steps === after + 1 && done) await act();
    throw new Error('crashed');
  };
}
