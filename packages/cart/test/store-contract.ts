import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '@twinstore/platform';
import type { CartLine, CartStore, StoredCart } from '../src/index.ts';
import { ORDERS_REMEMBERED } from '../src/application/ports.ts';
import { MAX_LINES, MAX_QUANTITY, subtract, withLine, withoutLine } from '../src/domain/lines.ts';
import type { TestDatabase, ThrowawayCarts } from './databases.ts';

/** What a cart store promises, whatever database it is on. */
export function cartStoreContract(database: TestDatabase): void {
  database.describe(`carts in ${database.name}`, () => {
    let opened: ThrowawayCarts;
    let store: CartStore;
    beforeAll(async () => {
      opened = await database.open();
      store = opened.store;
    });
    afterAll(() => opened?.close());

    const line = (sku: string, quantity: number): CartLine => ({ sku, quantity });
    const cartOf = (version: number, ...lines: CartLine[]): StoredCart => ({ lines, version });
    const put = async (shopper: string, sku: string, quantity: number): Promise<StoredCart> => {
      const set = await store.set(shopper, sku, quantity);
      if (!set.ok) throw new Error(set.error.code);
      return set.value;
    };
    const shopperWith = async (...lines: readonly (readonly [string, number])[]) => {
      const shopper = newId();
      for (const [sku, quantity] of lines) await put(shopper, sku, quantity);
      return shopper;
    };

    it('answers its ping', () => expect(opened.ping()).resolves.toBeUndefined());

    it('has nothing, in version 0, for a shopper who never had a cart, and leaves it at that', async () => {
      const shopper = newId();
      expect(await store.read(shopper)).toEqual(cartOf(0));
      expect(await store.remove(shopper, 'tea')).toEqual(cartOf(0));
      expect(await store.clear(shopper)).toEqual(cartOf(0));
      expect(await store.read(shopper)).toEqual(cartOf(0));
    });

    it('keeps the lines in the order first added and counts the changes', async () => {
      const shopper = newId();
      expect(await put(shopper, 'tea', 2)).toEqual(cartOf(1, line('tea', 2)));
      expect(await put(shopper, 'cup', 1)).toEqual(cartOf(2, line('tea', 2), line('cup', 1)));
      expect(await put(shopper, 'pot', 1)).toEqual(cartOf(3, line('tea', 2), line('cup', 1), line('pot', 1)));
      expect(await put(shopper, 'cup', 99)).toEqual(cartOf(4, line('tea', 2), line('cup', 99), line('pot', 1)));
      expect(await store.remove(shopper, 'tea')).toEqual(cartOf(5, line('cup', 99), line('pot', 1)));
      expect(await put(shopper, 'tea', 1)).toEqual(cartOf(6, line('cup', 99), line('pot', 1), line('tea', 1)));
      expect(await store.read(shopper)).toEqual(cartOf(6, line('cup', 99), line('pot', 1), line('tea', 1)));
      expect(await store.read(shopper)).toMatchObject({ version: 6 });
    });

    it('does not count what changes nothing', async () => {
      const shopper = await shopperWith(['tea', 2]);
      expect(await put(shopper, 'tea', 2)).toEqual(cartOf(1, line('tea', 2)));
      expect(await store.remove(shopper, 'absent')).toEqual(cartOf(1, line('tea', 2)));
      expect(await store.clear(shopper)).toEqual(cartOf(2));
      expect(await store.clear(shopper)).toEqual(cartOf(2));
      await store.takeOut(shopper, newId(), [line('tea', 1)]);
      expect(await store.read(shopper)).toEqual(cartOf(2));
    });

    it('goes on counting after it was emptied', async () => {
      const shopper = await shopperWith(['tea', 2]);
      expect(await store.remove(shopper, 'tea')).toEqual(cartOf(2));
      expect(await put(shopper, 'tea', 1)).toEqual(cartOf(3, line('tea', 1)));
    });

    it('takes a sku for what it is, and tells upper from lower case', async () => {
      const skus = ['A.b-c_1', 'a.b-c_1', '0', 'x'.repeat(64), 'true', 'null', 'constructor'];
      const shopper = await shopperWith(...skus.map((sku, index) => [sku, index + 1] as const));
      expect((await store.read(shopper)).lines).toEqual(skus.map((sku, index) => line(sku, index + 1)));
      expect((await store.remove(shopper, 'A.b-c_1')).lines).toEqual(
        skus.slice(1).map((sku, index) => line(sku, index + 2)),
      );
    });

    it.each(['$lines', '$$ROOT', '{a,b}', '"', "'; drop table cart.carts; --", 'é\u{1f375}', '%', ''])(
      'finds no line called %p and lets nothing happen',
      async (sku) => {
        const shopper = await shopperWith(['tea', 2]);
        expect(await store.remove(shopper, sku)).toEqual(cartOf(1, line('tea', 2)));
      },
    );

    it('keeps shoppers apart', async () => {
      const [ann, bob] = [await shopperWith(['tea', 2]), await shopperWith(['tea', 3], ['cup', 1])];
      await store.clear(ann);
      await store.takeOut(ann, newId(), [line('tea', 1)]);
      expect(await store.read(bob)).toEqual(cartOf(2, line('tea', 3), line('cup', 1)));
    });

    it('refuses a line too many, and changes nothing by it', async () => {
      const skus = Array.from({ length: MAX_LINES }, (_, index) => `p${index}`);
      const shopper = await shopperWith(...skus.map((sku) => [sku, 1] as const));
      const full = await store.read(shopper);
      expect(await store.set(shopper, 'one-more', 1)).toEqual({ ok: false, error: { code: 'cart-full' } });
      expect(await store.read(shopper)).toEqual(full);
      expect(await put(shopper, 'p7', 9)).toMatchObject({ version: MAX_LINES + 1 });
      await store.remove(shopper, 'p0');
      expect((await put(shopper, 'one-more', 1)).lines.at(-1)).toEqual(line('one-more', 1));
    });

    it.each([0, MAX_QUANTITY + 1])('never keeps %p units', async (quantity) => {
      const shopper = newId();
      await expect(store.set(shopper, 'tea', quantity)).rejects.toThrow();
      expect(await store.read(shopper)).toEqual(cartOf(0));
    });

    it('forgets lines without a new version, and the others keep their order', async () => {
      const shopper = await shopperWith(['tea', 5], ['cup', 1], ['pot', 2]);
      await store.forget(shopper, 3, ['cup', 'absent', '$lines']);
      expect(await store.read(shopper)).toEqual(cartOf(3, line('tea', 5), line('pot', 2)));
      await store.forget(shopper, 3, ['pot', 'tea']);
      expect(await store.read(shopper)).toEqual(cartOf(3));
      expect(await put(shopper, 'cup', 1)).toEqual(cartOf(4, line('cup', 1)));
    });

    it('forgets nothing of a cart that has changed since', async () => {
      const shopper = await shopperWith(['tea', 5], ['cup', 1]);
      await put(shopper, 'tea', 6);
      await store.forget(shopper, 2, ['tea']);
      expect(await store.read(shopper)).toEqual(cartOf(3, line('tea', 6), line('cup', 1)));
      await store.forget(newId(), 0, ['tea']);
    });

    it('takes out what was bought, down to nothing, and leaves the rest', async () => {
      const shopper = await shopperWith(['tea', 5], ['cup', 1], ['pot', 2], ['jar', 3]);
      await store.takeOut(shopper, newId(), [line('pot', 9), line('tea', 1), line('absent', 1), line('tea', 1)]);
      expect(await store.read(shopper)).toEqual(cartOf(5, line('tea', 3), line('cup', 1), line('jar', 3)));
    });

    it('takes an order out once, however often asked and whatever came in between', async () => {
      const shopper = await shopperWith(['tea', 9]);
      const order = newId();
      await store.takeOut(shopper, order, [line('tea', 2)]);
      await store.takeOut(shopper, order, [line('tea', 2)]);
      await put(shopper, 'tea', 9);
      await store.takeOut(shopper, order, [line('tea', 2)]);
      expect(await store.read(shopper)).toEqual(cartOf(3, line('tea', 9)));
      await store.takeOut(shopper, newId(), [line('tea', 2)]);
      expect(await store.read(shopper)).toEqual(cartOf(4, line('tea', 7)));
    });

    it('remembers an order also when there was no cart, and through clearing it', async () => {
      const [shopper, order] = [newId(), newId()];
      await store.takeOut(shopper, order, [line('tea', 1)]);
      expect(await store.read(shopper)).toEqual(cartOf(0));
      await put(shopper, 'tea', 3);
      await store.clear(shopper);
      await put(shopper, 'tea', 3);
      await store.takeOut(shopper, order, [line('tea', 1)]);
      expect(await store.read(shopper)).toEqual(cartOf(3, line('tea', 3)));
    });

    it(`remembers the last ${ORDERS_REMEMBERED} orders`, async () => {
      const shopper = await shopperWith(['tea', 99]);
      const orders = Array.from({ length: ORDERS_REMEMBERED }, newId);
      for (const order of orders) await store.takeOut(shopper, order, [line('tea', 1)]);
      for (const order of orders) await store.takeOut(shopper, order, [line('tea', 1)]);
      expect((await store.read(shopper)).lines).toEqual([line('tea', 99 - ORDERS_REMEMBERED)]);
    });

    it('lands every one of twenty products that are put into a new cart at once', async () => {
      const skus = Array.from({ length: 20 }, (_, index) => `p${index}`);
      // A race for a cart's first change is lost in a different way each time.
      for (let round = 0; round < 20; round += 1) {
        const shopper = newId();
        const carts = await Promise.all(skus.map((sku) => put(shopper, sku, 1)));
        const { lines, version } = await store.read(shopper);
        expect(version).toBe(20);
        expect(lines.map((one) => one.sku).toSorted()).toEqual(skus.toSorted());
        // Each answer is the cart as that very change left it.
        for (const cart of carts) expect(cart.lines).toEqual(lines.slice(0, cart.version));
        expect(new Set(carts.map((cart) => cart.version)).size).toBe(20);
      }
    });

    it('never holds a line too many, also when several tabs add the last one', async () => {
      const skus = Array.from({ length: MAX_LINES - 1 }, (_, index) => `p${index}`);
      const shopper = await shopperWith(...skus.map((sku) => [sku, 1] as const));
      const tries = await Promise.all(Array.from({ length: 6 }, (_, index) => store.set(shopper, `last${index}`, 1)));
      expect(tries.filter((one) => one.ok)).toHaveLength(1);
      expect(await store.read(shopper)).toMatchObject({ version: MAX_LINES });
    });

    it('takes an order out once when asked many times at once, and loses no change meanwhile', async () => {
      const shopper = await shopperWith(['tea', 50]);
      const order = newId();
      await Promise.all([
        ...Array.from({ length: 10 }, () => store.takeOut(shopper, order, [line('tea', 3)])),
        ...Array.from({ length: 5 }, (_, index) => put(shopper, `p${index}`, 1)),
      ]);
      const { lines, version } = await store.read(shopper);
      expect(lines[0]).toEqual(line('tea', 47));
      expect(lines).toHaveLength(6);
      expect(version).toBe(7);
    });

    it('takes an order out once when asked at once of a shopper without a cart', async () => {
      const [shopper, order] = [newId(), newId()];
      await Promise.all(Array.from({ length: 10 }, () => store.takeOut(shopper, order, [line('tea', 3)])));
      await put(shopper, 'tea', 5);
      await store.takeOut(shopper, order, [line('tea', 3)]);
      expect(await store.read(shopper)).toEqual(cartOf(1, line('tea', 5)));
    });

    it('does what the rules of the lines say, after any number of changes', async () => {
      const sku = fc.constantFrom('a', 'B', 'a.b', '0');
      const quantity = fc.integer({ min: 1, max: 5 });
      const bought = fc.array(fc.record({ sku, quantity }), { maxLength: 4 });
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), sku, quantity }) },
        { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), sku }) },
        { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
        { weight: 3, arbitrary: fc.record({ do: fc.constant('take out' as const), order: fc.nat(3), bought }) },
      );
      type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
      const run = async (steps: readonly Step[]) => {
        const shopper = newId();
        const orders = Array.from({ length: 4 }, newId);
        const done = new Set<number>();
        let expected = cartOf(0);
        for (const one of steps) {
          const { lines } = expected;
          let next = lines;
          let answer: StoredCart;
          if (one.do === 'set') {
            const changed = withLine(lines, line(one.sku, one.quantity));
            next = changed.ok ? changed.value : lines;
            answer = await put(shopper, one.sku, one.quantity);
          } else if (one.do === 'remove') {
            next = withoutLine(lines, one.sku);
            answer = await store.remove(shopper, one.sku);
          } else if (one.do === 'clear') {
            next = [];
            answer = await store.clear(shopper);
          } else {
            next = done.has(one.order) ? lines : subtract(lines, one.bought);
            done.add(one.order);
            await store.takeOut(shopper, orders[one.order] as string, one.bought);
            answer = await store.read(shopper);
          }
          const changed = JSON.stringify(next) !== JSON.stringify(lines);
          expected = { lines: next, version: expected.version + (changed ? 1 : 0) };
          expect(answer).toEqual(expected);
        }
        expect(await store.read(shopper)).toEqual(expected);
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 20 }), run), { numRuns: 60 });
    });
  });
}
