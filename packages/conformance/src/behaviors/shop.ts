import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Door } from '../door.ts';
import { shopper } from '../shopper.ts';
import { transmit } from '../transport.ts';

/** What a page is made of, by the end of its name. */
const TYPES: Readonly<Record<string, RegExp>> = {
  js: /^text\/javascript\b/,
  css: /^text\/css\b/,
  svg: /^image\/svg\+xml\b/,
};

/** What a browser sends that goes to a page. */
const PAGE = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** Whether the shop is to be seen at a door: one that has no build of it does all else. */
export async function servesShop({ url }: Pick<Door, 'url'>): Promise<boolean> {
  const { status } = await transmit(url, { method: 'GET', path: '/' });
  return status === 200;
}

/** The shop that people see at a door: the same at each, as it asks nobody but the door that it came from. */
export function shopBehaviors(door: Door, isServed: boolean): void {
  const visitor = shopper(door);
  const get = (path: string, headers: Record<string, string> = {}) => visitor.send({ method: 'GET', path, headers });
  const describeShop = isServed ? describe : describe.skip;

  describeShop(`the shop${isServed ? '' : ' (skipped: this door answers / with no page)'}`, () => {
    it('is a page at /, whoever asks', async () => {
      for (const headers of [{}, PAGE, { Accept: '*/*' }]) {
        const { status, headers: received, text } = await get('/', headers);
        expect([status, received.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html\b/)]);
        expect(text).toMatch(/^<!doctype html>/i);
      }
      const head = await visitor.send({ method: 'HEAD', path: '/' });
      expect([head.status, head.text]).toEqual([200, '']);
    });

    it.each(['/orders', '/products/no-such-product', '/nowhere', '/nowhere/at?all=1'])(
      'is that page at %s too, for who accepts HTML; others get a 404',
      async (path) => {
        const [page, shown] = [await get('/'), await get(path, PAGE)];
        expect([shown.status, shown.text]).toEqual([200, page.text]);
        for (const accept of ['*/*', 'application/json', 'image/avif,image/webp,*/*;q=0.8']) {
          const { status, headers } = await get(path, { Accept: accept });
          expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
        }
      },
    );

    it.each([
      '/api/nowhere',
      '/internal/orders/find',
      '/images/nothing',
      '/assets/nothing.js',
      '/.env',
      '/.git/config',
    ])('is not at %s, whatever is accepted', async (path) => {
      const { status, headers } = await get(path, PAGE);
      expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    });

    it('does not hide what the door answers itself', async () => {
      expect((await get('/docs', PAGE)).text).toContain('/api/orders');
      for (const path of ['/livez', '/readyz', '/openapi.json', '/api/meta']) {
        expect((await get(path, PAGE)).headers.get('content-type')).toMatch(/^application\/json\b/);
      }
    });

    it('is asked for again each time, and not sent again if it has not changed', async () => {
      const { headers } = await get('/', PAGE);
      expect(headers.get('cache-control')).toBe('no-cache');
      const again = await get('/', { ...PAGE, 'If-None-Match': headers.get('etag') ?? '' });
      expect([again.status, again.headers.get('etag')]).toEqual([304, headers.get('etag')]);
    });

    it('loads files of this door alone, packed, and to be kept for ever', async () => {
      const { text } = await get('/');
      const loaded = [...text.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
      expect(loaded.some((url) => url.endsWith('.js'))).toBe(true);
      expect(loaded.some((url) => url.endsWith('.css'))).toBe(true);
      for (const path of loaded) {
        expect(path).toMatch(/^\/[^/]/);
        if (!path.startsWith('/assets/')) continue;
        const plain = await get(path);
        expect([plain.status, plain.headers.get('cache-control')]).toEqual([
          200,
          'public, max-age=31536000, immutable',
        ]);
        expect(plain.headers.get('content-type')).toMatch(TYPES[path.split('.').at(-1) ?? ''] ?? /nothing else/);
        for (const [encoding, unpack] of [
          ['br', brotliDecompressSync],
          ['gzip', gunzipSync],
        ] as const) {
          const packed = await get(path, { 'Accept-Encoding': encoding });
          expect(packed.headers.get('content-encoding')).toBe(encoding);
          expect(packed.headers.get('vary')).toMatch(/\baccept-encoding\b/i);
          expect(unpack(packed.bytes).toString()).toBe(plain.text);
        }
      }
    });

    it('runs no script and no style but those files', async () => {
      const { headers, text } = await get('/', PAGE);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'/);
      expect(policy).toMatch(/script-src 'self'(?:;|$)/);
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)/i);
    });
  });
}
