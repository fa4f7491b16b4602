import { describe, expect, it } from '@jest/globals';
import { routes, type Problem } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { itemPath, shopper, success } from '../shopper.ts';
import { stockRoom, unique } from '../stock-room.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const pointersIn = (text: string) => (JSON.parse(text) as Problem).errors?.map(({ pointer }) => pointer);
const none = { items: [], subtotal: usd(0), count: 0, version: 0 };

/** The cart as one shopper in one or two tabs sees it. */
export function cartBehaviors(door: Door): void {
  const room = stockRoom(door);

  describe('the cart', () => {
    it('is empty and of version 0 for somebody who has just come', async () => {
      expect(await shopper(door).cart()).toEqual(none);
    });

    it('shows lines, line totals, subtotal and count', async () => {
      const [kettle, cup] = [await room.add({ cents: 1999, stock: 5, name: 'Kettle' }), await room.add({ cents: 333 })];
      const ada = shopper(door);
      await ada.put(kettle.sku, 3);
      const cart = await ada.put(cup.sku, 99);
      expect(cart).toEqual({
        items: [
          { sku: kettle.sku, name: 'Kettle', unitPrice: usd(1999), quantity: 3, lineTotal: usd(5997), available: 5 },
          { sku: cup.sku, name: cup.name, unitPrice: usd(333), quantity: 99, lineTotal: usd(32_967), available: 0 },
        ],
        subtotal: usd(38_964),
        count: 102,
        version: expect.any(Number),
      });
      expect(await ada.cart()).toEqual(cart);
    });

    it('adds up amounts beyond 32 bits without losing a cent', async () => {
      const ada = shopper(door);
      for (let n = 0; n < 3; n += 1) await ada.put((await room.add({ cents: 100_000_000 })).sku, 99);
      expect((await ada.cart()).subtotal).toEqual(usd(29_700_000_000));
    });

    it('sets a quantity; it does not add to the one before', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      await ada.put(sku, 5);
      expect((await ada.put(sku, 2)).items).toMatchObject([{ sku, quantity: 2 }]);
    });

    it('keeps lines in the order first added, whatever becomes of their quantities', async () => {
      const [one, two, three] = [await room.add(), await room.add(), await room.add()];
      const ada = shopper(door);
      for (const { sku } of [two, three, one]) await ada.put(sku, 1);
      await ada.put(two.sku, 9);
      expect((await ada.cart()).items.map(({ sku }) => sku)).toEqual([two.sku, three.sku, one.sku]);
    });

    it('puts a line that was taken out and comes back at the end', async () => {
      const [one, two] = [await room.add(), await room.add()];
      const ada = shopper(door);
      await ada.put(one.sku, 1);
      await ada.put(two.sku, 1);
      await ada.call(routes.deleteCartItem, { params: { sku: one.sku } });
      expect((await ada.put(one.sku, 1)).items.map(({ sku }) => sku)).toEqual([two.sku, one.sku]);
    });

    it('grows its version with each change and never on a read', async () => {
      const [one, two] = [await room.add(), await room.add()];
      const ada = shopper(door);
      const versions = [0, (await ada.put(one.sku, 1)).version];
      versions.push((await ada.cart()).version, (await ada.cart()).version);
      expect(versions.slice(2)).toEqual([versions[1], versions[1]]);
      const after = [versions[1] ?? 0, (await ada.put(one.sku, 2)).version, (await ada.put(two.sku, 1)).version];
      after.push(success(await ada.call(routes.deleteCartItem, { params: { sku: one.sku } })).version);
      after.push(success(await ada.call(routes.clearCart)).version);
      after.push((await ada.put(one.sku, 1)).version);
      expect(versions[1]).toBeGreaterThan(0);
      expect(after.every((version, index) => index === 0 || version > (after[index - 1] ?? 0))).toBe(true);
    });

    it('answers with the cart when a line that is not there is taken out', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      const before = await ada.put(sku, 1);
      for (const absent of [unique(), '%', 'x'.repeat(300), '$ne', '__proto__', 'é\u0000']) {
        const cart = success(await ada.call(routes.deleteCartItem, { params: { sku: absent } }));
        expect(cart.items).toEqual(before.items);
      }
    });

    it('is empty once cleared, and cannot be emptier', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      await ada.put(sku, 4);
      expect(success(await ada.call(routes.clearCart))).toMatchObject({ items: [], subtotal: usd(0), count: 0 });
      expect(success(await ada.call(routes.clearCart))).toMatchObject({ items: [], count: 0 });
      expect(await ada.cart()).toMatchObject({ items: [], count: 0 });
    });

    it('can be cleared, and be rid of a line, by somebody who never had one', async () => {
      const { sku } = await room.add();
      expect(success(await shopper(door).call(routes.clearCart))).toEqual(none);
      expect(success(await shopper(door).call(routes.deleteCartItem, { params: { sku } }))).toEqual(none);
    });

    it.each([
      ['0', 0],
      ['100', 100],
      ['a negative number', -1],
      ['a fraction', 1.5],
      ['a text', '1'],
      ['null', null],
      ['a query operator', { $gt: 0 }],
      ['a list', [1]],
      ['true', true],
      ['a huge number', 1e300],
    ])('refuses %s as a quantity, points at it, and stays as it was', async (_, quantity) => {
      const { sku } = await room.add();
      const ada = shopper(door);
      const before = await ada.put(sku, 2);
      const { status, text } = await ada.sendJson('PUT', itemPath(sku), { quantity });
      expect(status).toBe(400);
      expect(new Set(pointersIn(text))).toEqual(new Set(['#/quantity']));
      expect(await ada.cart()).toEqual(before);
    });

    it('refuses a body without a quantity, and what is not an object at all', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      expect(JSON.parse((await ada.sendJson('PUT', itemPath(sku), {})).text)).toMatchObject({
        status: 400,
        errors: [{ pointer: '#/quantity' }],
      });
      for (const body of [null, 1, 'text', true]) {
        const { status, text } = await ada.sendJson('PUT', itemPath(sku), body);
        expect({ body, status, problem: JSON.parse(text) }).toMatchObject({
          status: 400,
          problem: { errors: [{ pointer: '#' }] },
        });
      }
      expect((await ada.sendJson('PUT', itemPath(sku), [])).status).toBe(400);
      expect((await ada.send({ method: 'PUT', path: itemPath(sku) })).status).toBe(400);
    });

    it('answers 404 for a product that nobody sells, and for what can be no SKU', async () => {
      const ada = shopper(door);
      for (const sku of [unique(), '-x', 'a b', 'x'.repeat(65), '$where', '__proto__']) {
        const answer = await ada.call(routes.putCartItem, { params: { sku }, body: { quantity: 1 } });
        expect({ sku, status: answer.status }).toEqual({ sku, status: 404 });
      }
      expect(await ada.cart()).toEqual(none);
    });

    it('ignores a price, a name and a total that come with the quantity', async () => {
      const { sku, name } = await room.add({ cents: 1234 });
      const wished = { quantity: 2, price: usd(1), unitPrice: usd(1), lineTotal: usd(1), name: 'mine', sku: 'other' };
      const { text } = await shopper(door).sendJson('PUT', itemPath(sku), wished);
      expect(JSON.parse(text).items).toEqual([
        { sku, name, unitPrice: usd(1234), quantity: 2, lineTotal: usd(2468), available: 0 },
      ]);
    });

    it('takes a quantity above the stock, and says how many there are', async () => {
      const { sku } = await room.add({ stock: 2 });
      expect((await shopper(door).put(sku, 50)).items).toMatchObject([{ quantity: 50, available: 2 }]);
    });

    it("always shows today's price and name", async () => {
      const product = await room.add({ cents: 100, name: 'Old name' });
      const ada = shopper(door);
      await ada.put(product.sku, 3);
      await room.change(product, { price: { amount: 150, currency: 'USD' }, name: 'New name' });
      expect(await ada.cart()).toMatchObject({
        items: [{ name: 'New name', unitPrice: usd(150), lineTotal: usd(450) }],
        subtotal: usd(450),
      });
    });

    it('loses the line of a product that is deleted, which does not come back with the product', async () => {
      const [gone, kept] = [await room.add({ cents: 100 }), await room.add({ cents: 7 })];
      const ada = shopper(door);
      await ada.put(gone.sku, 1);
      await ada.put(kept.sku, 2);
      await room.remove(gone.sku);
      const left = await ada.cart();
      expect(left).toMatchObject({ items: [{ sku: kept.sku }], subtotal: usd(14), count: 2 });
      await room.add({ sku: gone.sku });
      expect((await ada.cart()).items).toEqual(left.items);
    });

    it('keeps what two tabs add at the same time', async () => {
      const products = await Promise.all(Array.from({ length: 8 }, () => room.add()));
      const tab = shopper(door);
      await tab.put(products[0]?.sku ?? '', 1);
      const other = shopper(door, tab.cookie());
      await Promise.all(products.map(({ sku }, index) => (index % 2 ? tab : other).put(sku, index + 1)));
      const { items, count } = await tab.cart();
      expect(new Set(items.map(({ sku }) => sku))).toEqual(new Set(products.map(({ sku }) => sku)));
      expect(count).toBe(36);
      expect(await other.cart()).toEqual(await tab.cart());
    });

    it('gives each change at the same time a version of its own', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      await ada.put(sku, 1);
      const carts = await Promise.all(Array.from({ length: 8 }, (_, n) => ada.put(sku, n + 2)));
      expect(new Set(carts.map(({ version }) => version)).size).toBe(8);
      const last = carts.toSorted((a, b) => b.version - a.version)[0];
      expect(await ada.cart()).toEqual(last);
    });

    it('survives lines being added and taken out at the same time', async () => {
      const [leaving, coming] = [await room.add(), await room.add()];
      const ada = shopper(door);
      await ada.put(leaving.sku, 1);
      await Promise.all([ada.call(routes.deleteCartItem, { params: { sku: leaving.sku } }), ada.put(coming.sku, 3)]);
      expect((await ada.cart()).items).toMatchObject([{ sku: coming.sku, quantity: 3 }]);
    });

    it("is one shopper's own", async () => {
      const { sku } = await room.add();
      const [ada, bob] = [shopper(door), shopper(door)];
      await ada.put(sku, 2);
      await bob.put(sku, 7);
      await bob.call(routes.clearCart);
      expect(await ada.cart()).toMatchObject({ items: [{ sku, quantity: 2 }] });
    });
  });
}
