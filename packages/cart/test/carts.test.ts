import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { identifyService, newId, openUpstream, serviceTokens } from '@twinstore/platform';
import { carts, exposeCarts, httpCarts, type Carts, type ShoppingCarts } from '../src/index.ts';
import { databases, type ThrowawayCarts } from './databases.ts';
import { served } from './served.ts';
import { openShop } from './shop.ts';

/** A way to reach the port of a cart module. */
interface Reached {
  readonly port: Carts;
  close(): Promise<void>;
}

const ways: Readonly<Record<string, (cart: ShoppingCarts) => Promise<Reached>>> = {
  'in process': async (cart) => ({ port: cart, close: async () => {} }),
  'over HTTP': async (cart) => {
    const tokens = serviceTokens('a-secret-of-the-tests', 'cart-test');
    const server = await served(identifyService(tokens), [], [exposeCarts(cart, identifyService(tokens))]);
    const upstream = openUpstream('cart', server.url, tokens);
    return {
      port: httpCarts(upstream),
      async close() {
        await upstream.close();
        await server.close();
      },
    };
  },
};

for (const database of databases) {
  for (const [way, reach] of Object.entries(ways)) {
    database.describe(`the carts' port ${way}, over ${database.name}`, () => {
      const shop = openShop();
      let db: ThrowawayCarts;
      let cart: ShoppingCarts;
      let reached: Reached;
      beforeAll(async () => {
        db = await database.open();
        cart = carts(db.store, shop);
        reached = await reach(cart);
        for (const sku of ['tea', 'cup']) shop.offer(sku, 100);
      });
      afterAll(async () => {
        await reached?.close();
        await db?.close();
      });

      it('has no lines for a shopper without a cart', async () => {
        expect(await reached.port.lines(newId())).toEqual([]);
      });

      it('has the lines in the order first added, and asks for no prices', async () => {
        const shopper = newId();
        await cart.setItem(shopper, 'tea', 2);
        await cart.setItem(shopper, 'cup', 1);
        shop.asked.length = 0;
        expect(await reached.port.lines(shopper)).toEqual([
          { sku: 'tea', quantity: 2 },
          { sku: 'cup', quantity: 1 },
        ]);
        expect(shop.asked).toEqual([]);
      });

      it('takes an order out of the cart once, and leaves what was added meanwhile', async () => {
        const [shopper, order] = [newId(), newId()];
        await cart.setItem(shopper, 'tea', 2);
        const bought = await reached.port.lines(shopper);
        await cart.setItem(shopper, 'tea', 3);
        await cart.setItem(shopper, 'cup', 1);
        expect(await reached.port.takeOut(shopper, order, bought)).toBeUndefined();
        await Promise.all([1, 2, 3].map(() => reached.port.takeOut(shopper, order, bought)));
        expect(await reached.port.lines(shopper)).toEqual([
          { sku: 'tea', quantity: 1 },
          { sku: 'cup', quantity: 1 },
        ]);
      });
    });
  }

  database.describe(`a cart in two tabs, over ${database.name}`, () => {
    let db: ThrowawayCarts;
    beforeAll(async () => {
      db = await database.open();
    });
    afterAll(() => db?.close());

    it('shows what the other tab added while this one did, for one more call', async () => {
      const [shop, shopper] = [openShop(), newId()];
      for (const sku of ['tea', 'cup']) shop.offer(sku, 100);
      const otherTab = carts(db.store, shop);
      // The other tab is done exactly between this one's read and its change.
      const cart = carts(db.store, {
        async quote(skus) {
          if (skus.includes('tea')) await otherTab.setItem(shopper, 'cup', 1);
          return shop.quote(skus);
        },
      });
      const set = await cart.setItem(shopper, 'tea', 1);
      expect(set).toMatchObject({ ok: true, value: { items: [{ sku: 'cup' }, { sku: 'tea' }], count: 2, version: 2 } });
      expect(shop.asked).toEqual([['cup'], ['tea'], ['cup']]);
    });
  });
}
