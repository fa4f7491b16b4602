import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { fillPath, routes, type Route } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { shopper } from '../shopper.ts';
import { details, stockRoom, unique } from '../stock-room.ts';

/** What any well-behaved HTTP API does. Every answer of the whole suite is held to its headers beside this. */
export function httpBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const get = (path: string, headers: Record<string, string> = {}) => visitor.send({ method: 'GET', path, headers });
  const samples = Map.groupBy(Object.values<Route>(routes), ({ path }) => fillPath(path, { sku: 'a', id: 'a' }));
  const methodsOf = (list: readonly Route[]) =>
    list.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));

  describe('ids of requests', () => {
    it.each(['abc', 'A.b_c-9', 'x'.repeat(64)])('come back as they were given: %s', async (id) => {
      expect((await get('/api/meta', { 'X-Request-Id': id })).headers.get('x-request-id')).toBe(id);
    });

    it.each(['', 'a b', 'x'.repeat(65), '<script>', 'a,b', 'é', '"', 'a/b'])(
      'are made anew in place of "%s"',
      async (id) => {
        const answered = (await get('/api/meta', { 'X-Request-Id': id })).headers.get('x-request-id');
        expect(answered).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(answered).not.toBe(id);
      },
    );

    it('are another for each request, and stand on refusals too', async () => {
      const paths = ['/api/meta', '/api/products', '/api/nowhere', '/api/products/%', '/nowhere', '/livez'];
      const ids = await Promise.all(paths.map(async (path) => (await get(path)).headers.get('x-request-id')));
      expect(new Set(ids).size).toBe(paths.length);
      const refused = await get('/api/products?limit=0', { 'X-Request-Id': 'mine' });
      expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'mine']);
    });

    it('go together with a trace context, valid or not', async () => {
      const valid = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      for (const traceparent of [
        valid,
        'nonsense',
        '',
        `ff-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
        'x'.repeat(1000),
      ]) {
        expect((await get('/api/products?limit=1', { traceparent, tracestate: 'a=b' })).status).toBe(200);
      }
    });
  });

  describe('methods', () => {
    it.each([...samples])('are told by OPTIONS %s', async (path, list) => {
      const { status, headers, text } = await visitor.send({ method: 'OPTIONS', path });
      expect([status, text]).toEqual([204, '']);
      expect(allowed(headers)).toEqual(expect.arrayContaining([...methodsOf(list), 'OPTIONS']));
    });

    it.each([...samples])('that %s does not know are answered 405 with those it does', async (path, list) => {
      const known = methodsOf(list);
      for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']) {
        if (known.includes(method)) continue;
        const { status, headers } = await visitor.send({ method, path });
        expect({ method, status }).toEqual({ method, status: 405 });
        expect(allowed(headers)).toEqual(expect.arrayContaining(known));
        expect(allowed(headers)).not.toContain(method);
      }
    });

    it('do not open the store to other sites', async () => {
      const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'PUT' };
      expect((await visitor.send({ method: 'OPTIONS', path: '/api/cart/items/a', headers })).status).toBe(204);
      expect(
        (await get('/api/products', { Origin: 'https://evil.example' })).headers.has('access-control-allow-origin'),
      ).toBe(false);
    });

    it('HEAD says what GET would, without the body', async () => {
      const category = unique('cat');
      const { sku } = await room.add({ category });
      const paths = [
        `/api/products/${sku}`,
        `/api/products?category=${category}`,
        '/api/cart',
        '/api/orders',
        '/api/session',
      ];
      for (const path of [...paths, '/api/products/-', '/api/products?limit=0', '/api/nowhere', '/openapi.json']) {
        const [full, head] = [await get(path), await visitor.send({ method: 'HEAD', path })];
        const shown = ({ status, headers }: typeof full) => [
          status,
          ...['content-type', 'content-length', 'etag', 'cache-control', 'vary'].map((name) => headers.get(name)),
        ];
        expect({ path, head: shown(head) }).toEqual({ path, head: shown(full) });
        expect(head.bytes).toHaveLength(0);
      }
    });
  });

  describe('addresses', () => {
    it.each([
      '/api',
      '/api/',
      '/api/nowhere',
      '/api/products/a/b',
      '/api/cart/items',
      '/api/orders/a/b/c',
      '/api/%2e%2e/livez',
      '/api/admin',
      '/api//products',
    ])('below /api that lead nowhere are a 404 that is a problem: %s', async (path) => {
      for (const method of ['GET', 'POST', 'DELETE']) expect((await visitor.send({ method, path })).status).toBe(404);
    });

    it.each([
      '/nowhere',
      '/.env',
      '/.git/config',
      '/package.json',
      '/src/main.ts',
      '/..%2f..%2fetc%2fpasswd',
      '/images/..%2f..%2fpackage.json',
      '/metrics/x',
      '/livez/',
    ])('elsewhere that lead nowhere are a 404: %s', async (path) => {
      const { status, text } = await get(path);
      expect(status).toBe(404);
      expect(text).not.toMatch(/root:|"dependencies"/);
    });

    it.each([
      '/api/products/%',
      '/api/products/%zz',
      '/api/products/%E0%A4%A',
      '/api/products?q=%',
      '/api/products?q=%ff',
      '/api/cart/items/%c0%ae',
      '/api/%',
      '/%',
      '/api/orders/%2',
    ])('that are badly encoded are refused: %s', async (path) => {
      const { status, text } = await get(path);
      expect(status).toBe(400);
      expect(JSON.parse(text).type).toBe('/problems/malformed-url');
    });

    it('of any length are answered or refused, not failed', async () => {
      for (const length of [1_000, 8_000, 60_000]) {
        // Beyond what Node's parser takes, the refusal comes before there is a request to have an id.
        const status = Number(
          await raw(`GET /api/products?q=${'x'.repeat(length)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
        );
        expect([400, 414, 431]).toContain(status);
      }
    });
  });

  describe('requests that are hardly HTTP', () => {
    it.each([
      ['garbage', 'garbage\r\n\r\n', [400]],
      ['a header without a colon', 'GET /api/meta HTTP/1.1\r\nHost: a\r\nbroken\r\n\r\n', [400]],
      [
        'two different lengths',
        'POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
        [400],
      ],
      [
        'a length and chunks',
        'PUT /api/cart/items/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        [400],
      ],
      ['40 kB of headers', `GET /api/meta HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`, [431]],
      ['an unknown method', 'BREW /api/meta HTTP/1.1\r\nHost: a\r\n\r\n', [400, 405]],
    ])('are refused, and the store lives on: %s', async (_, text, statuses) => {
      expect(statuses).toContain(Number(await raw(text)));
      expect((await get('/livez')).status).toBe(200);
    });
  });

  describe('errors', () => {
    it('say nothing of what is inside, whatever is tried', async () => {
      const { sku } = await room.add();
      // `send` looks for stacks, SQL and paths in every refusal, and takes no 5xx for an answer.
      const tries = [
        "'",
        '"',
        '\\',
        '%00',
        '%0a',
        '$(id)',
        '{{7*7}}',
        "1' or '1'='1",
        '../../etc/passwd',
        '%F0%9F%98%80',
      ];
      for (const bad of tries.map((one) => (one.startsWith('%') ? one : encodeURIComponent(one)))) {
        for (const path of [
          `/api/products/${bad}`,
          `/api/orders/${bad}`,
          `/api/products?cursor=${bad}`,
          `/api/orders?cursor=${bad}`,
        ]) {
          expect([400, 404]).toContain((await get(path)).status);
        }
        await visitor.send({
          method: 'PUT',
          path: `/api/cart/items/${bad}`,
          headers: { 'Content-Type': 'application/json' },
          body: '{"quantity":1}',
        });
        await visitor.sendJson(
          'POST',
          '/api/orders',
          { paymentToken: bad, shippingAddress: bad },
          { 'Idempotency-Key': encodeURIComponent(bad) },
        );
        await room.sendJson('PUT', `/api/products/${sku}`, { ...details(), image: `/${bad}`, category: bad });
      }
    });
  });

  /** Writes to a bare socket and gives the status of the answer. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(door.url);
      const socket = connect(Number(port || 80), hostname, () => socket.write(text));
      socket.setTimeout(5_000, () => socket.destroy(new Error('no answer to a malformed request within 5 s')));
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(/^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1] ?? 'no status');
      });
      socket.once('error', reject);
      socket.once('end', () => reject(new Error('closed without an answer')));
    });
}

const allowed = (headers: Headers) => (headers.get('allow') ?? '').split(/,\s*/);
