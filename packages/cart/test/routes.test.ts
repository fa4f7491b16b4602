import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Cart, Problem } from '@twinstore/contracts';
import { cookieSessions, identifyPublic, newId } from '@twinstore/platform';
import { carts, cartRoutes } from '../src/index.ts';
import { databases, type ThrowawayCarts } from './databases.ts';
import { served } from './served.ts';
import { openShop } from './shop.ts';

const sessions = cookieSessions('a-secret-of-the-tests');

for (const database of databases) {
  database.describe(`the cart's routes over ${database.name}`, () => {
    const shop = openShop();
    let db: ThrowawayCarts;
    let server: Awaited<ReturnType<typeof served>>;
    beforeAll(async () => {
      db = await database.open();
      server = await served(identifyPublic(sessions, 'the-admin-token'), cartRoutes(carts(db.store, shop)));
      shop.offer('tea', 1999);
      shop.offer('cup', 500, 0);
    });
    afterAll(async () => {
      await server?.close();
      await db?.close();
    });

    const cookieOf = (shopper: string) => sessions.write(shopper, false).split(';')[0] as string;
    const send = async (method: string, path: string, cookie?: string, body?: unknown) => {
      shop.asked.length = 0;
      const answer = await fetch(`${server.url}/api/cart${path}`, {
        method,
        headers: { ...(cookie && { cookie }), ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const sql = Number(/sql;desc="(\d+)"/.exec(answer.headers.get('server-timing') ?? '')?.[1]);
      const json: unknown = await answer.json();
      return { status: answer.status, headers: answer.headers, json, cost: { sql, quotes: shop.asked.length } };
    };
    const cart = async (...request: Parameters<typeof send>) => {
      const answer = await send(...request);
      expect(answer.status).toBe(200);
      return Cart.strict().parse(answer.json);
    };
    const problem = async (...request: Parameters<typeof send>) => {
      const { status, headers, json } = await send(...request);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('set-cookie')).toBeNull();
      return { status, type: Problem.parse(json).type };
    };
    const newVisitor = () => cookieOf(newId());
    const nothing = { items: [], subtotal: { amount: 0, currency: 'USD' }, count: 0, version: 0 };

    it.each([
      ['GET', ''],
      ['DELETE', '/items/tea'],
      ['DELETE', ''],
    ])(
      'answers %s %s of a visitor with an empty cart, without a cookie or a look at a database',
      async (method, path) => {
        const { status, headers, json, cost } = await send(method, path);
        expect({ status, json, cost }).toEqual({ status: 200, json: nothing, cost: { sql: 0, quotes: 0 } });
        expect(headers.get('set-cookie')).toBeNull();
        expect(headers.get('cache-control')).toBe('no-store');
      },
    );

    it('gives a visitor a session with the first thing in the cart', async () => {
      const { headers, json } = await send('PUT', '/items/tea', undefined, { quantity: 2 });
      expect(json).toMatchObject({ items: [{ sku: 'tea', quantity: 2 }], version: 1 });
      const cookie = headers.get('set-cookie')?.split(';')[0];
      expect(await cart('GET', '', cookie)).toEqual(json);
    });

    it('shows lines in the order first added, with totals', async () => {
      const cookie = newVisitor();
      await cart('PUT', '/items/tea', cookie, { quantity: 1 });
      await cart('PUT', '/items/cup', cookie, { quantity: 99, price: { amount: 1, currency: 'USD' } });
      const usd = (amount: number) => ({ amount, currency: 'USD' });
      const tea = { sku: 'tea', name: 'The tea', unitPrice: usd(1999), available: 10 };
      const cup = { sku: 'cup', name: 'The cup', unitPrice: usd(500), available: 0 };
      expect(await cart('PUT', '/items/tea', cookie, { quantity: 2 })).toEqual({
        items: [
          { ...tea, quantity: 2, lineTotal: usd(3998) },
          { ...cup, quantity: 99, lineTotal: usd(49_500) },
        ],
        subtotal: usd(53_498),
        count: 101,
        version: 3,
      });
    });

    it('shows the prices of today, and nothing of a product that is gone', async () => {
      const cookie = newVisitor();
      shop.offer('jam', 300);
      shop.offer('pen', 100);
      await cart('PUT', '/items/jam', cookie, { quantity: 1 });
      await cart('PUT', '/items/pen', cookie, { quantity: 1 });
      shop.offer('jam', 350);
      shop.withdraw('pen');
      expect(await cart('GET', '', cookie)).toMatchObject({
        items: [{ sku: 'jam', unitPrice: { amount: 350 } }],
        subtotal: { amount: 350 },
        count: 1,
        version: 2,
      });
    });

    it('does not show the line again when its product comes back, nor pay twice for forgetting it', async () => {
      const cookie = newVisitor();
      shop.offer('ink', 100);
      await cart('PUT', '/items/ink', cookie, { quantity: 3 });
      await cart('PUT', '/items/tea', cookie, { quantity: 1 });
      shop.withdraw('ink');
      expect((await send('GET', '', cookie)).cost).toEqual({ sql: 2, quotes: 1 });
      shop.offer('ink', 100);
      expect(await cart('GET', '', cookie)).toMatchObject({ items: [{ sku: 'tea' }], count: 1, version: 2 });
      expect((await send('GET', '', cookie)).cost).toEqual({ sql: 1, quotes: 1 });
    });

    it.each(['absent', 'TEA', 'not%20a%20sku', '%00', '-', 'x'.repeat(65)])(
      'knows no product %p to put into a cart, and starts no session',
      async (sku) => {
        const refusal = { status: 404, type: '/problems/not-found' };
        expect(await problem('PUT', `/items/${sku}`, undefined, { quantity: 1 })).toEqual(refusal);
        const cookie = newVisitor();
        expect(await problem('PUT', `/items/${sku}`, cookie, { quantity: 1 })).toEqual(refusal);
        expect(await cart('GET', '', cookie)).toEqual(nothing);
      },
    );

    it.each([0, 100, -1, 1.5, '2', null])('refuses a quantity of %p', async (quantity) => {
      const cookie = newVisitor();
      expect(await problem('PUT', '/items/tea', cookie, { quantity })).toEqual({
        status: 400,
        type: '/problems/validation',
      });
      expect(await cart('GET', '', cookie)).toEqual(nothing);
    });

    it.each(['absent', 'not%20a%20sku', '%00', '$lines', '%24%24ROOT', '%F0%9F%8D%B5', '%2F', 'x'.repeat(65)])(
      'answers with the cart when it is to take out %p, which is not in it',
      async (sku) => {
        const cookie = newVisitor();
        const before = await cart('PUT', '/items/tea', cookie, { quantity: 1 });
        expect(await cart('DELETE', `/items/${sku}`, cookie)).toEqual(before);
      },
    );

    it('takes a line out, and empties the cart, and goes on counting', async () => {
      const cookie = newVisitor();
      await cart('PUT', '/items/tea', cookie, { quantity: 1 });
      await cart('PUT', '/items/cup', cookie, { quantity: 1 });
      expect(await cart('DELETE', '/items/tea', cookie)).toMatchObject({ items: [{ sku: 'cup' }], version: 3 });
      expect(await cart('DELETE', '', cookie)).toEqual({ ...nothing, version: 4 });
      expect(await cart('DELETE', '', cookie)).toEqual({ ...nothing, version: 4 });
      expect(await cart('PUT', '/items/tea', cookie, { quantity: 1 })).toMatchObject({ count: 1, version: 5 });
    });

    it('refuses the product that is one too many', async () => {
      const cookie = newVisitor();
      for (let index = 0; index <= 200; index += 1) shop.offer(`p${index}`, 1);
      for (let index = 0; index < 200; index += 1) await cart('PUT', `/items/p${index}`, cookie, { quantity: 1 });
      expect(await problem('PUT', '/items/p200', cookie, { quantity: 1 })).toEqual({
        status: 409,
        type: '/problems/cart-full',
      });
      expect(await cart('PUT', '/items/p0', cookie, { quantity: 2 })).toMatchObject({ count: 201 });
    });

    it('costs the same few statements and calls, however many lines there are', async () => {
      const cookie = newVisitor();
      const first = await send('PUT', '/items/tea', cookie, { quantity: 1 });
      expect(first.cost).toEqual({ sql: 1 + database.firstChange, quotes: 1 });
      for (const lines of [1, 2, 30]) {
        for (let index = 0; index < lines; index += 1) {
          shop.offer(`p${index}`, 1);
          await cart('PUT', `/items/p${index}`, cookie, { quantity: 1 });
        }
        const costs = [
          await send('GET', '', cookie),
          await send('PUT', '/items/p0', cookie, { quantity: 2 + lines }),
          await send('DELETE', '/items/absent', cookie),
        ].map((answer) => answer.cost);
        expect(costs).toEqual([
          { sql: 1, quotes: 1 },
          { sql: 2, quotes: 1 },
          { sql: 1, quotes: 1 },
        ]);
      }
      expect((await send('DELETE', '', cookie)).cost).toEqual({ sql: 1, quotes: 0 });
      expect((await send('GET', '', cookie)).cost).toEqual({ sql: 1, quotes: 0 });
    });
  });
}
