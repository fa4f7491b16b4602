import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Door } from '../door.ts';
import { itemPath, shopper } from '../shopper.ts';
import { details, stockRoom, unique } from '../stock-room.ts';
import type { RawRequest } from '../transport.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Bodies as clients send them: too large, of the wrong kind, broken. */
export function bodyBehaviors(door: Door): void {
  const room = stockRoom(door);

  /** Asks for a quantity of a product with whatever body, and gives the status and the kind of problem. */
  async function put(request: Pick<RawRequest, 'headers' | 'body'>): Promise<[number, string?]> {
    const { sku } = await room.add();
    const { status, text } = await shopper(door).send({ method: 'PUT', path: itemPath(sku), ...request });
    return status < 400 ? [status] : [status, JSON.parse(text).type];
  }
  /** A valid body of so many bytes. */
  const padded = (bytes: number) => {
    const body = JSON.stringify({ quantity: 1, pad: '' });
    return body.replace('""', `"${'x'.repeat(bytes - body.length)}"`);
  };

  describe('a body', () => {
    it('may have 100 kB', async () => {
      expect(await put({ headers: JSON_TYPE, body: padded(100_000) })).toEqual([200]);
    });

    it('over 100 kB is refused by its length', async () => {
      for (const bytes of [110_000, 2_000_000]) {
        expect(await put({ headers: JSON_TYPE, body: padded(bytes) })).toEqual([413, '/problems/body-too-large']);
      }
    });

    it('over 100 kB is refused when it comes in chunks and does not tell its length', async () => {
      const chunks = Array.from({ length: 15 }, () => Buffer.alloc(10_000, ' '));
      expect(await put({ headers: JSON_TYPE, body: chunks })).toEqual([413, '/problems/body-too-large']);
    });

    it('in chunks is as good as any other', async () => {
      const chunks = ['{"quan', 'tity":', '4}'].map((text) => Buffer.from(text));
      expect(await put({ headers: JSON_TYPE, body: chunks })).toEqual([200]);
    });

    it('over 100 kB is refused where no body is expected, too', async () => {
      const { status } = await shopper(door).send({
        method: 'DELETE',
        path: '/api/cart',
        headers: JSON_TYPE,
        body: padded(110_000),
      });
      expect(status).toBe(413);
    });

    it('that unpacks to more than 100 kB is refused', async () => {
      const [status] = await put({
        headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
        body: gzipSync(padded(5_000_000)),
      });
      expect([413, 415]).toContain(status);
    });

    it.each([
      ['text', { 'Content-Type': 'text/plain' }],
      ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['an upload', { 'Content-Type': 'multipart/form-data; boundary=x' }],
      ['XML', { 'Content-Type': 'application/xml' }],
      ['something that only begins like JSON', { 'Content-Type': 'application/jsonx' }],
      ['nothing that it says', {}],
    ])('has to be JSON, not %s', async (_, headers) => {
      expect(await put({ headers, body: '{"quantity":1}' })).toEqual([415, '/problems/unsupported-media-type']);
    });

    it('may name its character set', async () => {
      for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
        expect(await put({ headers: { 'Content-Type': type }, body: '{"quantity":1}' })).toEqual([200]);
      }
    });

    it.each([
      '{',
      '{"quantity":1',
      "{'quantity':1}",
      '{"quantity":1,}',
      '{quantity:1}',
      '{"quantity":NaN}',
      'undefined',
      '{"quantity":01}',
      '{"quantity":1}}',
    ])('has to be valid JSON, unlike %s', async (body) => {
      expect(await put({ headers: JSON_TYPE, body })).toEqual([400, '/problems/malformed-json']);
    });

    it('that is empty lacks what is needed', async () => {
      const [status] = await put({ headers: JSON_TYPE, body: '' });
      expect(status).toBe(400);
    });

    it('may be nested as deep as it likes without breaking anything', async () => {
      for (const depth of [100, 10_000, 49_000]) {
        const nested = `{"quantity":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
        expect((await put({ headers: JSON_TYPE, body: nested }))[0]).toBe(400);
      }
    });

    it('with bytes that are no UTF-8 breaks nothing', async () => {
      const body = Buffer.concat([
        Buffer.from('{"quantity":1,"x":"'),
        Buffer.from([0xff, 0xfe, 0xc0]),
        Buffer.from('"}'),
      ]);
      const [status] = await put({ headers: JSON_TYPE, body });
      expect([200, 400]).toContain(status);
    });

    it('of the admin is measured by the same rules', async () => {
      const path = `/api/products/${unique('c')}`;
      const send = (headers: Record<string, string>, body: string) => room.send({ method: 'PUT', path, headers, body });
      expect((await send(JSON_TYPE, `${JSON.stringify(details())}${' '.repeat(110_000)}`)).status).toBe(413);
      expect((await send({}, JSON.stringify(details()))).status).toBe(415);
      expect((await send(JSON_TYPE, '{')).status).toBe(400);
    });

    it('of a checkout is measured by the same rules, and a refused one leaves no order', async () => {
      const ada = shopper(door);
      await ada.put((await room.add({ stock: 1 })).sku, 1);
      const headers = { ...JSON_TYPE, 'Idempotency-Key': unique('k') };
      const post = (request: Pick<RawRequest, 'headers' | 'body'>) =>
        ada.send({ method: 'POST', path: '/api/orders', ...request });
      expect((await post({ headers, body: padded(110_000) })).status).toBe(413);
      expect((await post({ headers: { ...headers, 'Content-Type': 'text/plain' }, body: '{}' })).status).toBe(415);
      expect((await post({ headers, body: '{"paymentToken":' })).status).toBe(400);
      expect(await ada.orders()).toEqual([]);
    });
  });
}
