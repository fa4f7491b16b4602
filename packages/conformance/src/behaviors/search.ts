import { describe, expect, it } from '@jest/globals';
import { routes } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { shopper, success } from '../shopper.ts';
import { stockRoom, unique, uniqueWord } from '../stock-room.ts';

/** What shoppers type into the search box, and what they should not be able to do with it. */
export function searchBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const search = async (query: Record<string, string>) =>
    success(await visitor.call(routes.listProducts, { query: { limit: 100, ...query } })).items.map(({ sku }) => sku);

  describe('search', () => {
    it('finds a product by a word of its name, in any case', async () => {
      const word = uniqueWord();
      const { sku } = await room.add({ name: `Big ${word} lamp` });
      expect(await search({ q: word })).toEqual([sku]);
      expect(await search({ q: word.toUpperCase() })).toEqual([sku]);
    });

    it('finds a product by a word of its description', async () => {
      const word = uniqueWord();
      const { sku } = await room.add({ description: `Made of ${word}.` });
      expect(await search({ q: word })).toEqual([sku]);
    });

    it('finds nothing for a word that no product has', async () => {
      expect(await search({ q: uniqueWord() })).toEqual([]);
    });

    it('stays within the category', async () => {
      const [word, category] = [uniqueWord(), unique('cat')];
      const { sku } = await room.add({ name: word, category });
      await room.add({ name: word });
      expect(await search({ q: word, category })).toEqual([sku]);
    });

    it('sorts what it finds as asked', async () => {
      const word = uniqueWord();
      const dear = await room.add({ name: word, cents: 300 });
      const cheap = await room.add({ name: word, cents: 200 });
      expect(await search({ q: word, sort: 'price' })).toEqual([cheap.sku, dear.sku]);
      expect(await search({ q: word, sort: '-price' })).toEqual([dear.sku, cheap.sku]);
      expect(await search({ q: word, sort: 'newest' })).toEqual([cheap.sku, dear.sku]);
    });

    it('takes 200 characters and refuses 201, naming the parameter', async () => {
      expect(await search({ q: 'q'.repeat(200) })).toEqual([]);
      const answer = await visitor.call(routes.listProducts, { query: { q: 'q'.repeat(201) } });
      expect(answer).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'q' }] } });
    });

    it('lists everything for a search of nothing', async () => {
      const category = unique('cat');
      const { sku } = await room.add({ category });
      expect(await search({ q: '', category })).toEqual([sku]);
    });

    it('takes signs that are operators elsewhere as plain text', async () => {
      const [one, other, absent] = [uniqueWord(), uniqueWord(), uniqueWord()];
      const both = await room.add({ name: `${one} ${other}` });
      const single = await room.add({ name: one });
      // An exclusion would drop `both` and keep `single`; plain text can never prefer the product with fewer words.
      for (const q of [`${one} -${other}`, `${one} !${other}`, `${one} & !${other}`, `-${other} ${one}`]) {
        const found = await search({ q });
        expect({ q, wrong: found.includes(single.sku) && !found.includes(both.sku) }).toEqual({ q, wrong: false });
      }
      // A union would find by one of the words what the words without the sign do not find.
      const plain = await search({ q: `${one} ${absent}` });
      for (const q of [`${one} | ${absent}`, `${one} OR ${absent}`, `${one}|${absent}`]) {
        expect({ q, found: await search({ q }) }).toEqual({ q, found: plain });
      }
    });

    it('takes no sign for a wildcard', async () => {
      const [word, category] = [uniqueWord(), unique('cat')];
      await room.add({ name: word, category });
      const masked = `${word.slice(0, 7)}_${word.slice(8)}`;
      for (const q of [`${word.slice(0, 2)}%${word.slice(-2)}`, masked, `.${word.slice(1)}`, `${word.slice(0, 3)}?*`]) {
        expect({ q, found: await search({ q, category }) }).toEqual({ q, found: [] });
      }
    });

    it('answers any text that can be typed, and is not impressed by SQL', async () => {
      const { sku } = await room.add();
      const texts = [
        "'",
        '"',
        '\\',
        '`',
        "''",
        "';",
        '%',
        '_',
        '*',
        '?',
        '(',
        ')',
        '()',
        ':',
        ':*',
        '<->',
        '&',
        '|',
        '!',
        '&&',
        '@@',
        "'; drop table product.products; --",
        "' or '1'='1",
        '$1',
        '${1}',
        '{{1}}',
        '<script>alert(1)</script>',
        'žluťoučký kůň',
        '日本語',
        '👩‍👩‍👧',
        '\u202Eabc',
        'ﬀ',
        'ß',
        '\u00a0',
        'a\u0301',
        '-',
        '--',
        '/*',
        '.',
        '...',
        'null',
        'undefined',
        '[object Object]',
        '{"$ne":null}',
        '__proto__',
        'constructor',
        '()'.repeat(100),
        '"'.repeat(200),
        '& '.repeat(100),
        '('.repeat(200),
        "\\'".repeat(100),
        ' '.repeat(200),
      ];
      for (const q of texts) expect(await search({ q })).toBeInstanceOf(Array);
      expect((await visitor.call(routes.getProduct, { params: { sku } })).status).toBe(200);
    });

    it('refuses control characters, which no database should have to see', async () => {
      for (const q of ['%00', 'a%00b', '%1B', '%7F']) {
        const { status, text } = await visitor.send({ method: 'GET', path: `/api/products?q=${q}` });
        expect({ q, status }).toEqual({ q, status: 400 });
        expect(JSON.parse(text)).toMatchObject({ errors: [{ parameter: 'q' }] });
      }
    });

    it('does not find a product any more once it is renamed or removed', async () => {
      const [before, after] = [uniqueWord(), uniqueWord()];
      const product = await room.add({ name: before });
      await room.change(product, { name: after });
      expect(await search({ q: before })).toEqual([]);
      expect(await search({ q: after })).toEqual([product.sku]);
      await room.remove(product.sku);
      expect(await search({ q: after })).toEqual([]);
    });
  });
}
