import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Product, ProductList, routes, storeClient } from '@twinstore/contracts';
import { cookieSessions, identifyPublic, newId } from '@twinstore/platform';
import { throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { productMigrations } from '../src/index.ts';
import { newSku, stocked } from './support/products.ts';
import { served, type Served } from './support/served.ts';

let database: ThrowawayDatabase;
let door: Served;
beforeAll(async () => {
  database = await throwawayDatabase([productMigrations]);
  door = await served(database.db, identifyPublic(cookieSessions('a secret of the tests'), 'the-admin-token'));
});
afterAll(async () => {
  await door.close();
  await database.close();
});

const admin = { authorization: 'Bearer the-admin-token' };
const client = () => storeClient(door.url);
const kettle = {
  name: 'Kettle',
  description: '',
  category: 'kitchen',
  price: { amount: 100, currency: 'USD' as const },
};

/** A request as written, which fetch would mend first. */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request(door.url + path, { method, headers }, (res) => {
      let body = '';
      res.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
    });
    sent.on('error', reject).end();
  });

const statements = (headers: Record<string, unknown>) =>
  Number(/sql;desc="(\d+)"/.exec(String(headers['server-timing']))?.[1]);

describe('the product routes', () => {
  it('make a product with no stock, then replace it and leave its stock alone', async () => {
    const params = { sku: newSku() };
    const made = await client().call(routes.putProduct, { params, body: { ...kettle }, headers: admin });
    expect(made).toMatchObject({ status: 201, body: { ...kettle, available: 0, image: `/images/${params.sku}.svg` } });
    await client().call(routes.changeStock, { params, body: { delta: 5 }, headers: admin });
    const image = 'https://example.com/kettle.png';
    const body = { ...kettle, name: 'Better Kettle', image, attributes: { color: 'Black' } };
    const replaced = await client().call(routes.putProduct, { params, body, headers: admin });
    expect(replaced).toMatchObject({ status: 200, body: { ...body, available: 5 } });
    const found = await client().call(routes.getProduct, { params });
    expect(found).toMatchObject({ status: 200, body: { ...body, available: 5 } });
    expect(Product.safeParse(found.ok && found.body).success).toBe(true);
  });

  it('let only the admin change anything', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 1);
    const strangers: Record<string, string>[] = [{}, { authorization: 'Bearer wrong' }];
    for (const headers of strangers) {
      const answers = [
        await client().call(routes.putProduct, { params: { sku }, body: kettle, headers }),
        await client().call(routes.deleteProduct, { params: { sku }, headers }),
        await client().call(routes.changeStock, { params: { sku }, body: { delta: 1 }, headers }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
    expect(await client().call(routes.getProduct, { params: { sku } })).toMatchObject({ body: { available: 1 } });
  });

  it('delete once', async () => {
    const params = { sku: newSku() };
    await stocked(database.db, params.sku, 1);
    expect((await client().call(routes.deleteProduct, { params, headers: admin })).status).toBe(204);
    expect((await client().call(routes.deleteProduct, { params, headers: admin })).status).toBe(404);
    expect((await client().call(routes.getProduct, { params })).status).toBe(404);
  });

  it('know a SKU that cannot be from one that could be made', async () => {
    for (const sku of ['no-such', '.x', "a'b", 'a b', '\u00e4', 'a\0b', 'x'.repeat(65)]) {
      const params = { sku };
      expect((await client().call(routes.getProduct, { params })).status).toBe(404);
      expect((await client().call(routes.deleteProduct, { params, headers: admin })).status).toBe(404);
      expect((await client().call(routes.changeStock, { params, body: { delta: 1 }, headers: admin })).status).toBe(
        404,
      );
    }
    const refused = await client().call(routes.putProduct, { params: { sku: '.x' }, body: kettle, headers: admin });
    expect(refused).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'sku' }] } });
  });

  it('tell products whose SKUs differ only in case', async () => {
    await stocked(database.db, 'Case-1', 1, { name: 'Upper' });
    await stocked(database.db, 'case-1', 2, { name: 'Lower' });
    expect(await client().call(routes.getProduct, { params: { sku: 'Case-1' } })).toMatchObject({
      body: { name: 'Upper' },
    });
  });
});

describe('a stock change', () => {
  const change = (sku: string, delta: number, key?: string) =>
    client().call(routes.changeStock, {
      params: { sku },
      body: { delta },
      headers: { ...admin, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    });

  it('may not leave less than nothing', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 3);
    const refused = await change(sku, -4, 'negative');
    expect(refused).toMatchObject({ status: 409, problem: { type: '/problems/stock-negative' } });
    expect(await change(sku, -3)).toMatchObject({ status: 200, body: { available: 0 } });
    // The refusal left no trace: its key is still free.
    expect(await change(sku, 2, 'negative')).toMatchObject({ status: 200, body: { available: 2 } });
  });

  it.each([0, 1.5, 1_000_001, -1_000_001, '1', null])('by %j is refused', async (delta) => {
    const sku = newSku();
    await stocked(database.db, sku, 1);
    const answer = await fetch(`${door.url}/api/products/${sku}/stock`, {
      method: 'POST',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify({ delta }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '#/delta' }] });
  });

  it('is made once per key, and its replay answers the product as it now is', async () => {
    const [sku, other, key] = [newSku(), newSku(), newId()];
    await stocked(database.db, sku, 0);
    await stocked(database.db, other, 0);
    expect(await change(sku, 5, key)).toMatchObject({ status: 200, body: { available: 5 } });
    await change(sku, -5);
    expect(await change(sku, 5, key)).toMatchObject({ status: 200, body: { available: 0 } });
    expect(await change(sku, 6, key)).toMatchObject({
      status: 422,
      problem: { type: '/problems/idempotency-key-reused' },
    });
    expect(await change(other, 5, key)).toMatchObject({ status: 422 });
    expect((await change('no-such', 5, key)).status).toBe(404);
  });

  it('forgets keys after two days, not before one', async () => {
    const [sku, old, recent] = [newSku(), newId(), newId()];
    await stocked(database.db, sku, 0);
    await change(sku, 1, old);
    await change(sku, 1, recent);
    const age = (key: string, hours: number) =>
      database.db.query(`update product.stock_changes set at = now() - make_interval(hours => $2) where key = $1`, [
        key,
        hours,
      ]);
    await age(old, 49);
    await age(recent, 25);
    await change(sku, 1, newId());
    expect(await change(sku, 1, recent)).toMatchObject({ body: { available: 3 } });
    expect(await change(sku, 1, old)).toMatchObject({ body: { available: 4 } });
  });
});

describe('product reads', () => {
  it('answer 304 to whoever has the present body, in any encoding', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 3, { description: 'x'.repeat(2000) });
    for (const path of [`/api/products/${sku}`, '/api/products?limit=3', '/api/categories']) {
      const first = await raw(path, { 'accept-encoding': 'gzip' });
      expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      const tag = String(first.headers['etag']);
      expect(tag).toMatch(/^W\/"[\w-]+"$/);
      for (const known of [tag, tag.slice(2), `"x", ${tag}`, '*']) {
        const again = await raw(path, { 'if-none-match': known });
        expect(again).toMatchObject({ status: 304, body: '', headers: { etag: tag, 'cache-control': 'no-cache' } });
        expect(again.headers['content-type']).toBeUndefined();
        expect(again.headers['content-length']).toBeUndefined();
        expect(again.headers['vary']).toBe(first.headers['vary']);
      }
      expect((await raw(path, { 'if-none-match': '"other", W/"x"' })).status).toBe(200);
      const head = await raw(path, {}, 'HEAD');
      expect(head).toMatchObject({ status: 200, body: '', headers: { etag: tag } });
    }
  });

  it('answer a new tag after an order changed what is available', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 3);
    const path = `/api/products/${sku}`;
    const tag = String((await raw(path)).headers['etag']);
    await stocked(database.db, sku, 1);
    expect((await raw(path, { 'if-none-match': tag })).status).toBe(200);
  });

  it('cost one statement each', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 3);
    for (const path of [
      `/api/products/${sku}`,
      '/api/products',
      '/api/products?q=kettle',
      '/api/categories',
      `/images/${sku}.svg`,
    ]) {
      expect(statements((await raw(path)).headers)).toBe(1);
    }
  });

  it.each([
    ['cursor', 'cursor=garbage'],
    ['cursor', 'cursor='],
    ['cursor', `cursor=${'A'.repeat(1000)}`],
    ['cursor', `cursor=${'A'.repeat(1001)}`],
    ['cursor', 'cursor=a&cursor=b'],
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=1e1'],
    ['limit', 'limit='],
    ['sort', 'sort=best'],
    ['q', `q=${'a'.repeat(201)}`],
    ['q', 'q=a%00b'],
  ])('name the parameter at fault: %s in ?%s', async (parameter, query) => {
    const answer = await raw(`/api/products?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ type: '/problems/validation', errors: [{ parameter }] });
  });

  it('never fail over what is asked for', async () => {
    const odd = [
      "'",
      '"',
      '%25',
      '%5C',
      '%27%3B--',
      ':*',
      '%26%7C!()',
      '%F0%9F%98%80',
      '%EF%BF%BF',
      '__proto__',
      '%00',
    ];
    for (const text of odd) {
      for (const query of [`q=${text}`, `category=${text}`, `q=${text}&sort=-price&category=${text}`]) {
        expect([200, 400]).toContain((await raw(`/api/products?${query}`)).status);
      }
    }
  });

  it('lead from page to page and refuse a cursor under another query', async () => {
    for (const sku of ['Page-1', 'Page-2', 'Page-3']) await stocked(database.db, sku, 1, { category: 'paged' });
    const list = (query: { category?: string; sort?: string; limit?: number; cursor?: string; q?: string }) =>
      client().call(routes.listProducts, { query });
    const first = await list({ category: 'paged', sort: 'newest', limit: 2 });
    if (!first.ok) throw new Error(first.problem.title);
    expect(ProductList.parse(first.body).items.map(({ sku }) => sku)).toEqual(['Page-3', 'Page-2']);
    const cursor = first.body.nextCursor ?? '';
    expect(await list({ category: 'paged', sort: 'newest', limit: 50, cursor })).toMatchObject({
      status: 200,
      body: { items: [{ sku: 'Page-1' }], nextCursor: null },
    });
    for (const other of [{ sort: 'name' }, { category: 'kitchen' }, { q: 'x' }]) {
      const refused = await list({ category: 'paged', sort: 'newest', ...other, cursor });
      expect(refused).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'cursor' }] } });
    }
  });
});

describe('pictures', () => {
  it('are drawn for every product and for nothing else', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 0, { name: '<b>&"' });
    const picture = await raw(`/images/${sku}.svg`);
    expect(picture).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8',
        'cache-control': 'public, max-age=3600',
        'content-security-policy': "default-src 'none'",
        'x-content-type-options': 'nosniff',
      },
    });
    expect(picture.body).toContain('&lt;b&gt;&amp;&quot;');
    for (const file of ['no-such.svg', sku, `${sku}.png`, '.svg', `..%2F${sku}.svg`, `${sku}.svg.svg`, '%00.svg']) {
      expect((await raw(`/images/${file}`)).status).toBe(404);
    }
  });
});
