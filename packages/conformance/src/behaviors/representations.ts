import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Door } from '../door.ts';
import { shopper } from '../shopper.ts';
import { stockRoom, unique } from '../stock-room.ts';

/** How an answer is sent: not again if the client has it, and smaller if the client can read that. */
export function representationBehaviors(door: Door): void {
  const room = stockRoom(door);
  const visitor = shopper(door);
  const get = (path: string, headers: Record<string, string> = {}) => visitor.send({ method: 'GET', path, headers });

  describe('what has not changed', () => {
    it('is not sent again: a product', async () => {
      const product = await room.add();
      const path = `/api/products/${product.sku}`;
      const etag = (await get(path)).headers.get('etag') ?? '';
      expect(etag).toMatch(/^(?:W\/)?"[\x21\x23-\x7e]+"$/);
      const weak = etag.startsWith('W/') ? etag : `W/${etag}`;
      for (const tags of [etag, weak, `"other", ${etag}`, '*']) {
        const again = await get(path, { 'If-None-Match': tags });
        expect({ tags, status: again.status, etag: again.headers.get('etag') }).toEqual({ tags, status: 304, etag });
      }
      expect((await visitor.send({ method: 'HEAD', path, headers: { 'If-None-Match': etag } })).status).toBe(304);
      await room.change(product, { price: { amount: 1, currency: 'USD' } });
      const changed = await get(path, { 'If-None-Match': etag });
      expect([changed.status, JSON.parse(changed.text).price.amount]).toEqual([200, 1]);
      await room.adjust(product.sku, 1);
      expect((await get(path, { 'If-None-Match': changed.headers.get('etag') ?? '' })).status).toBe(200);
    });

    it('is not sent again: a list', async () => {
      const category = unique('cat');
      await room.add({ category });
      const path = `/api/products?category=${category}`;
      const etag = (await get(path)).headers.get('etag') ?? '';
      expect((await get(path, { 'If-None-Match': etag })).status).toBe(304);
      await room.add({ category });
      const changed = await get(path, { 'If-None-Match': etag });
      expect([changed.status, JSON.parse(changed.text).items]).toEqual([200, [expect.anything(), expect.anything()]]);
    });

    it('is sent to whoever has something else, or a tag that is none', async () => {
      const { sku } = await room.add();
      for (const tags of ['"other"', 'W/"other"', '', 'nonsense', '"'.repeat(50)]) {
        expect((await get(`/api/products/${sku}`, { 'If-None-Match': tags })).status).toBe(200);
      }
    });
  });

  describe('compression', () => {
    const large = async () => `/api/products/${(await room.add({ description: 'compress me, '.repeat(300) })).sku}`;

    it.each([
      ['gzip', gunzipSync],
      ['br', brotliDecompressSync],
    ] as const)('by %s saves what it should, and says what it depends on', async (encoding, unpack) => {
      const path = await large();
      const plain = await get(path);
      const packed = await get(path, { 'Accept-Encoding': encoding });
      expect(packed.headers.get('content-encoding')).toBe(encoding);
      expect(unpack(packed.bytes).toString()).toBe(plain.text);
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
      for (const { headers } of [plain, packed]) expect(headers.get('vary')).toMatch(/\baccept-encoding\b/i);
    });

    it.each(['identity', '', 'gzip;q=0', 'gzip;q=0, br;q=0', 'deflate;q=0.5, x-unknown', 'nonsense;;q'])(
      'is not used for who accepts "%s"',
      async (accepted) => {
        const { status, headers, text } = await get(await large(), { 'Accept-Encoding': accepted });
        expect([status, headers.get('content-encoding')]).toEqual([200, null]);
        expect(JSON.parse(text)).toHaveProperty('sku');
      },
    );

    it('follows the preference of who accepts several', async () => {
      const path = await large();
      const chosen = async (accepted: string) =>
        (await get(path, { 'Accept-Encoding': accepted })).headers.get('content-encoding');
      expect(await chosen('gzip, deflate, br')).toMatch(/^(?:gzip|br)$/);
      expect(await chosen('br;q=0, gzip')).toBe('gzip');
      expect(await chosen('gzip;q=0.1, br;q=0.9')).toBe('br');
    });

    it('leaves the tag of a page usable', async () => {
      const path = await large();
      const { headers } = await get(path, { 'Accept-Encoding': 'gzip' });
      const again = await get(path, { 'Accept-Encoding': 'gzip', 'If-None-Match': headers.get('etag') ?? '' });
      expect(again.status).toBe(304);
    });
  });
}
