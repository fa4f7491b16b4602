import { describe, expect, it } from '@jest/globals';
import { routes, type Product } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { allPages, shopper, success } from '../shopper.ts';
import { stockRoom, unique, uniqueWord } from '../stock-room.ts';

const sorts = ['relevance', 'newest', 'price', '-price', 'name'] as const;

/** Following cursors through the catalog, and cursors that nobody gave out. */
export function pagingBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const list = (query: Record<string, string | number>) => visitor.call(routes.listProducts, { query });

  /** Products in a category of their own; prices and names repeat, so that ties have to be broken. */
  async function shelf(count: number, more: { name?: string } = {}) {
    const category = unique('cat');
    const products: Product[] = [];
    for (let n = 0; n < count; n += 1) {
      products.push(await room.add({ category, cents: 100 * (n % 3), name: `Thing ${n % 4}`, ...more }));
    }
    return { category, skus: products.map(({ sku }) => sku) };
  }

  describe('paging through the catalog', () => {
    it('gives twenty products a page unless asked otherwise, and null after the last', async () => {
      const { category } = await shelf(21);
      const first = success(await list({ category }));
      expect(first.items).toHaveLength(20);
      const second = success(await list({ category, cursor: first.nextCursor ?? '' }));
      expect(second).toMatchObject({ items: [expect.anything()], nextCursor: null });
    });

    it('has no cursor on a page that is full and the last', async () => {
      const { category } = await shelf(3);
      expect(success(await list({ category, limit: 3 }))).toMatchObject({ nextCursor: null });
    });

    it.each(sorts)('shows each product once by %s, while others are added between the pages', async (sort) => {
      const { category, skus } = await shelf(11);
      const seen = await allPages(async (cursor) => {
        const page = success(await list({ category, sort, limit: 2, ...cursor }));
        await room.add({ category, cents: 100, name: 'Thing 1' });
        return page;
      }).then((items) => items.map(({ sku }) => sku));
      expect(new Set(seen).size).toBe(seen.length);
      expect(skus.filter((sku) => !seen.includes(sku))).toEqual([]);
    });

    it.each(sorts)('shows page by page by %s what it shows at once', async (sort) => {
      const { category } = await shelf(7);
      const whole = success(await list({ category, sort, limit: 100 })).items;
      const paged = await allPages(async (cursor) => success(await list({ category, sort, limit: 2, ...cursor })));
      expect(paged).toEqual(whole);
    });

    it('shows each product that a search finds once', async () => {
      const word = uniqueWord();
      const { skus } = await shelf(7, { name: `Thing ${word}` });
      const seen = await allPages(async (cursor) => {
        const page = success(await list({ q: word, limit: 2, ...cursor }));
        await room.add({ name: `Another ${word}` });
        return page;
      }).then((items) => items.map(({ sku }) => sku));
      expect(new Set(seen).size).toBe(seen.length);
      expect(skus.filter((sku) => !seen.includes(sku))).toEqual([]);
    });

    it('goes on after the place of a product that was removed meanwhile', async () => {
      const { category } = await shelf(6);
      const whole = success(await list({ category, sort: 'name' })).items.map(({ sku }) => sku);
      const first = success(await list({ category, sort: 'name', limit: 3 }));
      await room.remove(whole[2] ?? '');
      const rest = success(await list({ category, sort: 'name', limit: 100, cursor: first.nextCursor ?? '' }));
      expect(rest.items.map(({ sku }) => sku)).toEqual(whole.slice(3));
    });

    it('takes a limit from 1 to 100 and refuses any other, naming the parameter', async () => {
      for (const limit of [1, 100]) expect((await list({ limit })).status).toBe(200);
      for (const limit of ['0', '101', '-1', '1.5', 'ten', '', '1e1', '9'.repeat(30), '0x10', '5;--']) {
        const answer = await list({ limit });
        expect({ limit, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'limit' }] } });
      }
    });

    it('refuses a parameter that is given twice rather than choosing one', async () => {
      const { status, text } = await visitor.send({ method: 'GET', path: '/api/products?limit=5&limit=6' });
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ parameter: 'limit' }] });
    });

    it('refuses a cursor that it never gave out', async () => {
      const made = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const cursors = ['x', '0', '-1', 'null', "'", '%', made({}), made([1, 'a']), made({ sku: 'a' }), 'e30', '🙂'];
      for (const cursor of [...cursors, 'A'.repeat(1001), made(null), '__proto__']) {
        const answer = await list({ cursor });
        expect({ cursor, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'cursor' }] } });
      }
    });

    it('refuses a cursor of its own that somebody has changed', async () => {
      const { category } = await shelf(3);
      const cursor = success(await list({ category, sort: 'price', limit: 1 })).nextCursor ?? '';
      const middle = Math.floor(cursor.length / 2);
      const flipped = cursor[middle] === 'A' ? 'B' : 'A';
      const changes = [
        cursor.slice(0, middle) + flipped + cursor.slice(middle + 1),
        cursor.slice(0, -2),
        `${cursor}AA`,
      ];
      for (const changed of changes) {
        const answer = await list({ category, sort: 'price', limit: 1, cursor: changed });
        expect({ changed, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'cursor' }] } });
      }
    });

    it('refuses a cursor of another query', async () => {
      const { category } = await shelf(3);
      const { category: other } = await shelf(3);
      const cursor = success(await list({ category, sort: 'price', limit: 1 })).nextCursor ?? '';
      const queries: Record<string, string>[] = [
        { category, sort: 'name' },
        { category, sort: '-price' },
        { category: other, sort: 'price' },
        { sort: 'price' },
        { category, sort: 'price', q: 'thing' },
        { category },
      ];
      for (const query of queries) {
        const answer = await list({ ...query, limit: 1, cursor });
        expect({ query, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'cursor' }] } });
      }
    });
  });
}
