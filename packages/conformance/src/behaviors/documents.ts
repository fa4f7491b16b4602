import { describe, expect, it } from '@jest/globals';
import { asyncApi, routes } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { shopper, success, until } from '../shopper.ts';
import { stockRoom, unique } from '../stock-room.ts';

/** The public routes of the contract, by hand: were they taken from the table, one that is missing would not be missed. */
const PUBLIC = [
  'get /api/meta',
  'get /api/products',
  'get /api/products/{sku}',
  'get /api/categories',
  'get /api/session',
  'get /api/cart',
  'put /api/cart/items/{sku}',
  'delete /api/cart/items/{sku}',
  'delete /api/cart',
  'post /api/orders',
  'get /api/orders',
  'get /api/orders/{id}',
  'get /api/orders/{id}/events',
  'post /api/orders/{id}/cancel',
  'put /api/products/{sku}',
  'delete /api/products/{sku}',
  'post /api/products/{sku}/stock',
];

/** What the door says of itself, and what it keeps to itself. */
export function documentBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const get = (path: string) => visitor.send({ method: 'GET', path });

  describe('a door', () => {
    it('says which store it is, and does not change its mind', async () => {
      const [one, two] = [success(await visitor.call(routes.getMeta)), success(await visitor.call(routes.getMeta))];
      expect({ ...two, instance: '' }).toEqual({ ...one, instance: '' });
    });

    it.each(['/livez', '/readyz'])('answers %s', async (path) => {
      expect((await get(path)).status).toBe(200);
    });

    it('describes every route and its answers at /openapi.json', async () => {
      const { headers, text } = await get('/openapi.json');
      expect(headers.get('content-type')).toMatch(/^application\/json\b/);
      const { openapi, paths } = JSON.parse(text) as {
        openapi: string;
        paths: Record<string, Record<string, { responses: object }>>;
      };
      expect(openapi).toMatch(/^3\.1\./);
      for (const route of PUBLIC) {
        const [method = '', path = ''] = route.split(' ');
        expect({ route, described: Object.keys(paths[path]?.[method]?.responses ?? {}).length > 0 }).toEqual({
          route,
          described: true,
        });
      }
    });

    it('has no broken reference in its description', async () => {
      const { text } = await get('/openapi.json');
      const document: unknown = JSON.parse(text);
      for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const target = pointer
          .split('/')
          .reduce((at: unknown, name) => (at as Record<string, unknown> | undefined)?.[name], document);
        expect({ pointer, found: target !== undefined }).toEqual({ pointer, found: true });
      }
    });

    it('lists what it serves beside the API there too', async () => {
      const { paths } = JSON.parse((await get('/openapi.json')).text) as { paths: Record<string, object> };
      const beside = Object.keys(paths).filter((path) => !path.startsWith('/api/') && !path.includes('{'));
      expect(beside.sort()).toEqual(['/asyncapi.json', '/docs', '/livez', '/metrics', '/openapi.json', '/readyz']);
      for (const path of beside) expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
    });

    it('describes at /asyncapi.json how the services talk, whether it has any or not', async () => {
      const { status, headers, text } = await get('/asyncapi.json');
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json\b/)]);
      const document = JSON.parse(text) as { asyncapi: string; info: Parameters<typeof asyncApi>[0]; channels: object };
      expect(document.asyncapi).toBe('3.0.0');
      expect(document).toEqual(asyncApi(document.info));
      const head = await visitor.send({ method: 'HEAD', path: '/asyncapi.json' });
      expect([head.status, head.text, head.headers.get('content-type')]).toEqual([
        200,
        '',
        headers.get('content-type'),
      ]);
      expect(head.headers.get('content-length')).toBe(headers.get('content-length'));
    });

    it('shows people a page about it at /docs, which no script can get into', async () => {
      const { status, headers, text } = await get('/docs');
      expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html\b/)]);
      expect(text).toContain('/api/orders');
      expect(text).toContain('href="/asyncapi.json"');
      expect(text).not.toMatch(/https?:\/\/[^"']+\.(?:js|css)/);
    });

    it('measures by the template of a route and never by what was in the address', async () => {
      const [word, template] = [unique('metric'), '/api/products/{sku}'];
      for (const path of [
        `/api/products/${word}`,
        `/api/orders/${word}`,
        `/${word}`,
        `/api/${word}`,
        `/api/products?q=${word}`,
      ]) {
        await get(path);
      }
      await visitor.send({ method: 'PATCH', path: `/api/cart/items/${word}` });
      // With several processes behind the door, the one that tells may not be the one that answered.
      const metrics = await until(
        'metrics name the route',
        10_000,
        async () => (await get('/metrics')).text,
        (text) => text.includes(template),
      );
      expect(metrics).not.toContain(word);
      expect(metrics).toMatch(/^# TYPE \w+ \w+$/m);
    });
  });

  describe('what is internal', () => {
    const hidden = [
      '/internal',
      '/internal/stock/reserve',
      '/internal/quotes/quote',
      '/internal/carts/lines',
      '/internal/orders/find',
      '/internal/payments/charge',
      '/api/internal/stock/reserve',
      '/api/../internal/stock/reserve',
      '/api/%2e%2e/internal/stock/reserve',
      '/api/nowhere/..%2f..%2finternal%2fstock%2freserve',
      '//internal/stock/reserve',
      '/journal',
      '/behavior',
      '/charges',
    ];

    it.each(hidden)('is not to be had at a front door: %s', async (path) => {
      for (const method of ['GET', 'POST', 'PUT']) {
        const request = {
          method,
          path,
          headers: { 'Content-Type': 'application/json' },
          body: method === 'GET' ? undefined : '[]',
        };
        for (const answer of [await visitor.send(request), await room.send(request)]) {
          expect({ method, status: answer.status }).toEqual({ method, status: 404 });
        }
      }
    });
  });
}
