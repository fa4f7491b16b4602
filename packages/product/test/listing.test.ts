import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { migrate } from '@twinstore/platform';
import { postgresProducts, productMigrations, products, seedProducts } from '../src/index.ts';
import { pageStatement } from '../src/adapters/listing-sql.ts';
import type { ListingRequest } from '../src/application/products.ts';
import { startOf, type Listing } from '../src/domain/listing.ts';
import type { Product } from '../src/domain/product.ts';
import { throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { details, stocked } from './support/products.ts';

const everything: ListingRequest = { q: undefined, category: undefined, sort: 'newest', limit: 100, cursor: undefined };

/** Every page of a listing; `between` runs after each. */
async function allPages(database: ThrowawayDatabase, request: Partial<ListingRequest>, between = async () => {}) {
  const catalog = products(postgresProducts(database.db));
  const items: Product[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.list({ ...everything, ...request, cursor });
    if (!page.ok) throw new Error(page.error.code);
    items.push(...page.value.items);
    cursor = page.value.nextCursor ?? undefined;
    await between();
  } while (cursor !== undefined);
  return items;
}

describe('a small catalog', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([productMigrations]);
    const put = (sku: string, name: string, amount: number, category: string, description = '') =>
      stocked(database.db, sku, 1, { name, price: money(amount), category, description });
    await put('b', 'Zebra Mug', 500, 'kitchen');
    await put('a', 'zebra mug', 500, 'kitchen', 'Holds tea. Black/white.');
    await put('C', 'Äpfel Bowl', 100, 'kitchen', 'For fruit, not for a mug or a mug or a mug.');
    await put('d', 'apple Lamp', 900, 'lighting', "O'Reilly & sons");
    await put('E', '\u{1F600} Lamp', 0, 'lighting');
    await put('f', '\uFF21 Lamp', 0, 'lighting');
  });
  afterAll(() => database.close());

  const skus = async (request: Partial<ListingRequest>) =>
    (await allPages(database, { limit: 2, ...request })).map(({ sku }) => sku).join('');

  it.each([
    ['price', 'EfCabd'],
    ['-price', 'dabCEf'],
    ['newest', 'fEdCab'],
    ['relevance', 'fEdCab'],
    // By code point of the lower-cased name: U+FF21 comes before U+1F600, which UTF-16 order has the other way.
    ['name', 'dabCfE'],
  ] as const)('sorts by %s, ties by SKU', async (sort, expected) => {
    expect(await skus({ sort })).toBe(expected);
  });

  it('keeps to a category', async () => {
    expect(await skus({ category: 'lighting', sort: 'price' })).toBe('Efd');
    expect(await skus({ category: 'Lighting' })).toBe('');
    expect(await skus({ category: 'no-such' })).toBe('');
    expect(await skus({ category: "x' or true--\0" })).toBe('');
  });

  it('finds what has every word, the best first, in any order asked for', async () => {
    expect(await skus({ q: 'mug', sort: 'relevance' })).toBe('abC');
    expect(await skus({ q: 'MUGS', sort: '-price' })).toBe('abC');
    expect(await skus({ q: 'mug', sort: 'price' })).toBe('Cab');
    expect(await skus({ q: 'mug zebra', sort: 'newest' })).toBe('ab');
    expect(await skus({ q: 'lamp', category: 'kitchen' })).toBe('');
    expect(await skus({ q: 'ÄPFEL' })).toBe('C');
    expect(await skus({ q: 'white' })).toBe('a');
  });

  it('takes a blank search for none', async () => {
    expect(await skus({ q: '', sort: 'relevance' })).toBe('fEdCab');
    expect(await skus({ q: ' \t ', sort: 'price' })).toBe('EfCabd');
  });

  it.each([
    ["'; drop table product.products; --", ''],
    ['mug | lamp', ''],
    ['!mug', 'Cab'],
    ['mug:*', 'Cab'],
    ['mu:*', ''],
    ['mu%', ''],
    ['zebra <-> mug', 'ab'],
    ['( \\ " \'', ''],
    ['the', ''],
    ['$1', ''],
  ])('takes %j for plain text', async (q, expected) => {
    expect(await skus({ q, sort: 'price' })).toBe(expected);
    expect(await skus({ sort: 'price' })).toBe('EfCabd');
  });

  it('finds words with an apostrophe or an ampersand', async () => {
    expect(await skus({ q: "o'reilly & sons" })).toBe('d');
  });

  it('lets the page size change between pages', async () => {
    const catalog = products(postgresProducts(database.db));
    const first = await catalog.list({ ...everything, sort: 'price', limit: 1 });
    const cursor = (first.ok && first.value.nextCursor) || '';
    const rest = await catalog.list({ ...everything, sort: 'price', limit: 100, cursor });
    expect(rest.ok && rest.value.items.map(({ sku }) => sku).join('')).toBe('fCabd');
    expect(rest.ok && rest.value.nextCursor).toBeNull();
  });

  it('refuses the cursor of another listing', async () => {
    const catalog = products(postgresProducts(database.db));
    const first = await catalog.list({ ...everything, sort: 'price', limit: 1 });
    const cursor = (first.ok && first.value.nextCursor) || '';
    for (const other of [
      { sort: 'name' },
      { sort: 'price', q: 'mug' },
      { sort: 'price', category: 'kitchen' },
    ] as const) {
      expect(await catalog.list({ ...everything, ...other, cursor })).toEqual({
        ok: false,
        error: { code: 'bad-cursor' },
      });
    }
  });

  it('counts categories by slug, and only those that have products', async () => {
    const catalog = products(postgresProducts(database.db));
    await catalog.put('gone', details({ category: 'empty' }));
    await catalog.remove('gone');
    expect(await catalog.categories()).toEqual([
      { slug: 'kitchen', name: 'Kitchen', count: 3 },
      { slug: 'lighting', name: 'Lighting', count: 3 },
    ]);
  });
});

describe('a catalog of 20,000 products', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([productMigrations]);
    await seedProducts(database.url, 20_000);
  }, 120_000);
  afterAll(() => database.close());

  const listings: [string, Listing][] = (['price', '-price', 'name', 'newest'] as const).flatMap((sort) =>
    [undefined, 'kitchen'].map((category): [string, Listing] => [
      `${sort}${category === undefined ? '' : ` in ${category}`}`,
      { words: undefined, category, sort },
    ]),
  );

  it.each(listings)('reads as little for a page deep in it as for the first: %s', async (_, listing) => {
    const store = postgresProducts(database.db);
    let deep = startOf(listing.sort);
    for (let page = 0; page < 10; page += 1) {
      deep = (await store.page(listing, deep, 101)).at(-1)?.position ?? deep;
    }
    for (const after of [startOf(listing.sort), deep]) {
      const read = await rowsRead(listing, after);
      // 21 products and as many stock rows, and nothing that was read only to be thrown away.
      expect(read.rows).toBeLessThanOrEqual(42);
      expect(read.discarded).toBe(0);
      expect(read.blocks).toBeLessThan(200);
      expect(read.seqScans).toBe(0);
    }
  });

  it('shows every product once, while others are added', async () => {
    const before = new Set(
      (await database.db.query<{ sku: string }>('select sku from product.products')).rows.map((row) => row.sku),
    );
    const catalog = products(postgresProducts(database.db));
    for (const sort of ['price', 'newest', 'name'] as const) {
      let number = 0;
      const add = async () => {
        number += 1;
        await catalog.put(
          `added-${sort}-${number}`,
          details({ category: 'toys', price: money(number * 50), name: `M ${number}` }),
        );
      };
      const seen = (await allPages(database, { category: 'toys', sort }, add)).map(({ sku }) => sku);
      expect(new Set(seen).size).toBe(seen.length);
      const known = seen.filter((sku) => before.has(sku));
      expect(known.length).toBe([...before].filter((sku) => sku.startsWith('TOYS-')).length);
    }
  });

  it('pages through a search by relevance without a gap or a repetition', async () => {
    const { rows } = await database.db.query<{ sku: string }>(
      `select sku from product.products where search @@ plainto_tsquery('english', 'walnut')
       order by -ts_rank(search, plainto_tsquery('english', 'walnut')), sku`,
    );
    expect(rows.length).toBeGreaterThan(300);
    const seen = await allPages(database, { q: 'walnut', sort: 'relevance', limit: 37 });
    expect(seen.map(({ sku }) => sku)).toEqual(rows.map(({ sku }) => sku));
  });

  interface PlanNode {
    'Node Type': string;
    'Actual Rows': number;
    'Actual Loops': number;
    'Rows Removed by Filter'?: number;
    'Shared Hit Blocks': number;
    'Shared Read Blocks': number;
    Plans?: PlanNode[];
  }

  async function rowsRead(listing: Listing, after: Parameters<typeof pageStatement>[1]) {
    const { text, values } = pageStatement(listing, after, 21);
    const { rows } = await database.db.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    const all = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(all)];
    const scans = plan ? all(plan).filter((node) => node['Node Type'].endsWith('Scan')) : [];
    const own = scans.filter((node) => !node.Plans);
    return {
      rows: own.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0),
      discarded: scans.reduce((sum, node) => sum + (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops'], 0),
      blocks: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0),
      seqScans: scans.filter((node) => node['Node Type'] === 'Seq Scan').length,
    };
  }
});

describe('seeding', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => (database = await throwawayDatabase([productMigrations])));
  afterAll(() => database.close());

  const count = async () =>
    (await database.db.query<{ count: number }>('select count(*) as count from product.products')).rows[0]?.count;

  it('gives two processes that start at once one catalog', async () => {
    const start = async () => {
      await migrate(database.url, [productMigrations]);
      await seedProducts(database.url, 2500);
    };
    await Promise.all([start(), start(), start()]);
    expect(await count()).toBe(2500);
  });

  it('does not bring back what was deleted, nor take over what the admin made, when more is asked for', async () => {
    const catalog = products(postgresProducts(database.db));
    await catalog.remove('KITCHEN-00001');
    await catalog.put('HOME-OFFICE-00210', details({ name: 'Mine' }));
    await seedProducts(database.url, 2500);
    expect(await count()).toBe(2500);
    await seedProducts(database.url, 2600);
    expect(await count()).toBe(2599);
    expect(await catalog.find('KITCHEN-00001')).toBeUndefined();
    expect(await catalog.find('HOME-OFFICE-00210')).toMatchObject({ name: 'Mine', available: 0 });
    await seedProducts(database.url, 10);
    expect(await count()).toBe(2599);
  });
});
