import { describe, expect, it } from '@jest/globals';
import { routes, type Product } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { shopper, success } from '../shopper.ts';
import { details, stockRoom, unique } from '../stock-room.ts';

/** One product, categories, and how the catalog is put in order. Paging and search have files of their own. */
export function catalogBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const list = async (query: Record<string, string>) =>
    success(await visitor.call(routes.listProducts, { query: { limit: 100, ...query } })).items;
  const skus = (items: readonly Product[]) => items.map(({ sku }) => sku);

  describe('the catalog', () => {
    it('shows a product as the admin described it, with what is in stock', async () => {
      const wishes = details({
        name: 'Käse "deluxe" <b>',
        description: 'Two\nlines and a 🧀',
        category: unique('c'),
        price: { amount: 0, currency: 'USD' },
        image: 'https://example.com/a.png?x=1',
        attributes: { color: 'red', 'a/b': '' },
      });
      const { sku } = await room.add({ ...wishes, cents: 0, stock: 7 });
      const shown = success(await visitor.call(routes.getProduct, { params: { sku } }));
      expect(shown).toEqual({ sku, ...wishes, available: 7 });
    });

    it('gives a product without a picture one that can be fetched from the shop or by https', async () => {
      const { image, attributes } = await room.add();
      expect(attributes).toEqual({});
      expect(image).toMatch(/^(?:\/(?!\/)|https:\/\/)/);
      if (!image.startsWith('/')) return;
      const { status, headers } = await visitor.send({ method: 'GET', path: image });
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)]);
    });

    it('tells SKUs apart by their case', async () => {
      const sku = unique('Case');
      await room.add({ sku });
      const { status } = await visitor.call(routes.getProduct, { params: { sku: sku.toLowerCase() } });
      expect(status).toBe(404);
    });

    it('answers 404 for a SKU that nobody has, and for what can be no SKU', async () => {
      for (const sku of [unique(), '-starts-with-hyphen', 'x'.repeat(65), 'a b', "a'b", '%', '../x', '\u0000', 'é']) {
        const answer = await visitor.call(routes.getProduct, { params: { sku } });
        expect({ sku, status: answer.status }).toEqual({ sku, status: 404 });
      }
    });

    it('finds a product whose SKU uses every sign and all 64 characters that a SKU may have', async () => {
      const sku = `${unique('A')}._-`.padEnd(64, '9');
      await room.add({ sku });
      expect(success(await visitor.call(routes.getProduct, { params: { sku } })).sku).toBe(sku);
    });

    it('lists a category with its products and no others', async () => {
      const [category, other] = [unique('cat'), unique('cat')];
      const { sku } = await room.add({ category });
      await room.add({ category: other });
      expect(skus(await list({ category }))).toEqual([sku]);
    });

    it('has an empty list, not an error, for a category that nobody knows', async () => {
      for (const category of [unique('nowhere'), 'Not A Slug', "x' or '1'='1", '%']) {
        const page = success(await visitor.call(routes.listProducts, { query: { category } }));
        expect(page).toEqual({ items: [], nextCursor: null });
      }
    });

    it('counts the products of each category, and forgets a category with its last product', async () => {
      const category = unique('cat');
      const [one, two] = [await room.add({ category }), await room.add({ category })];
      const found = async () =>
        success(await visitor.call(routes.listCategories)).items.find(({ slug }) => slug === category);
      expect(await found()).toMatchObject({ slug: category, count: 2, name: expect.stringMatching(/\S/) });
      await room.remove(one.sku);
      expect(await found()).toMatchObject({ count: 1 });
      await room.remove(two.sku);
      expect(await found()).toBeUndefined();
    });

    it('sorts by price both ways, equal prices by SKU', async () => {
      const category = unique('cat');
      const base = unique('s');
      for (const [suffix, cents] of [
        ['c', 500],
        ['a', 500],
        ['d', 100],
        ['b', 900],
        ['B', 500],
      ] as const) {
        await room.add({ sku: `${base}${suffix}`, category, cents });
      }
      const order = async (sort: string) => skus(await list({ category, sort })).map((sku) => sku.slice(base.length));
      expect(await order('price')).toEqual(['d', 'B', 'a', 'c', 'b']);
      expect(await order('-price')).toEqual(['b', 'B', 'a', 'c', 'd']);
    });

    it('sorts by the code points of the name in lower case, equal names by SKU', async () => {
      const category = unique('cat');
      const base = unique('s');
      // A fullwidth A comes before an emoji by code point and after it by UTF-16 unit; Ä has to become ä.
      const names = [
        'b',
        'B',
        'Zebra',
        'apple',
        'Äb',
        'äa',
        'a-b',
        'a b',
        'A_b',
        '10',
        '9',
        'Ａ',
        '😀',
        'éclair',
        'Éa',
      ];
      for (const [index, name] of names.entries()) {
        await room.add({ sku: `${base}${String(index).padStart(2, '0')}`, name, category });
      }
      const expected = names
        .map((name, index) => ({ name, index }))
        .sort((a, b) => byCodePoint(a.name.toLowerCase(), b.name.toLowerCase()) || a.index - b.index);
      expect((await list({ category, sort: 'name' })).map(({ name }) => name)).toEqual(
        expected.map(({ name }) => name),
      );
    });

    it('sorts by newest first, which is also the order without any wish', async () => {
      const category = unique('cat');
      const made: string[] = [];
      for (let n = 0; n < 4; n += 1) made.unshift((await room.add({ category })).sku);
      expect(skus(await list({ category, sort: 'newest' }))).toEqual(made);
      expect(skus(await list({ category, sort: 'relevance' }))).toEqual(made);
      expect(skus(await list({ category }))).toEqual(made);
    });

    it('names the parameter when it does not know a sort', async () => {
      for (const sort of ['cheapest', '-name', 'Price', '', 'price;drop table products', '__proto__']) {
        const answer = await visitor.call(routes.listProducts, { query: { sort: sort as 'price' } });
        expect(answer).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'sort' }] } });
      }
    });

    it('shows a changed price and stock at once', async () => {
      const product = await room.add({ cents: 100, stock: 1 });
      await room.change(product, { price: { amount: 250, currency: 'USD' } });
      await room.adjust(product.sku, 4);
      const shown = success(await visitor.call(routes.getProduct, { params: { sku: product.sku } }));
      expect(shown).toMatchObject({ price: { amount: 250 }, available: 5 });
    });
  });
}

/** UTF-16 units, which JavaScript compares by itself, put an emoji before a fullwidth letter. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]].map((text) => text.map((char) => char.codePointAt(0) ?? 0));
  for (const [index, point] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    if (point !== other) return point - other;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}
