import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { asset, folder, HTML, PAGE, SCRIPT, send, serve, TRACE_ID, type Door } from './storefront-bed.ts';

let door: Door;
beforeAll(async () => {
  door = await serve();
});

describe('the shop at a front door', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', PAGE],
    ['/index.html', 'text/html; charset=utf-8', PAGE],
    [asset, 'text/javascript; charset=utf-8', SCRIPT],
    ['/assets/index-4d5e6f.css', 'text/css; charset=utf-8', 'body { color: black }'],
    ['/icon.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['/robots.txt', 'text/plain; charset=utf-8', 'User-agent: *'],
  ])('answers %s as what it is, whoever asks', async (path, type, text) => {
    const answer = await send(door, path);
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([200, type, text]);
    expect(answer.headers).toMatchObject({
      'content-length': String(Buffer.byteLength(text)),
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[\w.-]+$/),
    });
    expect((await send(door, path, { 'x-request-id': 'mine' })).headers['x-request-id']).toBe('mine');
  });

  it('knows the types of fonts and manifests, too', async () => {
    const font = await send(door, '/assets/font-7a8b9c.woff2');
    expect([font.headers['content-type'], [...font.bytes]]).toEqual(['font/woff2', [0, 1, 2, 255]]);
    expect((await send(door, '/manifest.webmanifest')).headers['content-type']).toMatch(/^application\/manifest\+json/);
  });

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=0.1, gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['gzip;q=0, br;q=0', undefined],
    ['identity', undefined],
    ['deflate', undefined],
    ['', undefined],
  ])('sends to who accepts "%s" what the build has packed by %s', async (accepted, encoding) => {
    for (const [path, text] of [
      ['/', PAGE],
      [asset, SCRIPT],
    ] as const) {
      const { headers, bytes } = await send(door, path, { 'accept-encoding': accepted });
      expect([headers['content-encoding'], headers['vary']]).toEqual([encoding, 'Accept-Encoding']);
      expect(headers['content-length']).toBe(String(bytes.length));
      const unpack = encoding === 'br' ? brotliDecompressSync : encoding === 'gzip' ? gunzipSync : String;
      expect(unpack(bytes).toString()).toBe(text);
    }
  });

  it('sends plain what the build has not packed', async () => {
    const { headers, text } = await send(door, '/icon.svg', { 'accept-encoding': 'br' });
    expect([headers['content-encoding'], headers['vary'], text.slice(0, 4)]).toEqual([undefined, undefined, '<svg']);
  });

  it('lets files with a hash in their name be kept for ever, and all others be asked for again', async () => {
    const kept = async (path: string) => (await send(door, path)).headers['cache-control'];
    expect(await kept(asset)).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/icon.svg', '/robots.txt']) expect(await kept(path)).toBe('no-cache');
  });

  it.each(['/', asset, '/icon.svg'])('does not send %s again to who has it', async (path) => {
    const first = await send(door, path);
    const tag = String(first.headers['etag']);
    expect(tag).toMatch(/^W\/"[\w-]+"$/);
    for (const tags of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const again = await send(door, path, { 'if-none-match': tags, 'accept-encoding': 'br' });
      expect([again.status, again.text]).toEqual([304, '']);
      for (const name of ['etag', 'cache-control', 'vary', 'content-security-policy']) {
        expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
      }
    }
    expect((await send(door, path, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('has another tag for another content', async () => {
    const tags = await Promise.all(
      ['/', asset, '/icon.svg'].map(async (path) => (await send(door, path)).headers['etag']),
    );
    expect(new Set(tags).size).toBe(3);
  });

  it('says to HEAD what it would to GET, and to OPTIONS what it knows; refuses the rest', async () => {
    for (const [path, headers] of [
      ['/', {}],
      [asset, { 'accept-encoding': 'gzip' }],
      ['/orders', HTML],
    ] as const) {
      const [full, head] = [await send(door, path, headers), await send(door, path, headers, 'HEAD')];
      expect([head.status, head.text]).toEqual([200, '']);
      for (const name of ['content-type', 'content-length', 'content-encoding', 'etag', 'cache-control', 'vary']) {
        expect([name, head.headers[name]]).toEqual([name, full.headers[name]]);
      }
    }
    for (const path of ['/', asset]) {
      const options = await send(door, path, {}, 'OPTIONS');
      expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS']);
      const refused = await send(door, path, {}, 'POST', '{}');
      expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(JSON.parse(refused.text)).toMatchObject({ type: '/problems/method-not-allowed' });
    }
  });

  it.each(['/orders', '/products/LAMP-1', '/category/home?sort=price', '/no/such/page', '/nowhere.html', '/docs/x'])(
    'shows its page at %s to who wants HTML, and nothing to who does not',
    async (path) => {
      const shown = await send(door, path, HTML);
      expect([shown.status, shown.text]).toEqual([200, PAGE]);
      expect(shown.headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'Accept, Accept-Encoding' });
      expect(shown.headers['content-security-policy']).toContain("default-src 'none'");
      for (const accept of ['*/*', 'application/json', 'image/png', 'text/html;q=0', '']) {
        const { status, headers, text } = await send(door, path, { accept });
        expect({ accept, status, type: headers['content-type'] }).toMatchObject({
          status: 404,
          type: 'application/problem+json',
        });
        expect(JSON.parse(text)).toMatchObject({ type: '/problems/not-found' });
      }
      expect((await send(door, path, HTML, 'POST')).status).toBe(404);
    },
  );

  it.each([
    '/api',
    '/api/nowhere',
    '/internal/stock/reserve',
    '/images/none.svg',
    '/assets',
    '/assets/',
    '/assets/index-old.js',
    '/xray/nothing',
    '/problems/not-found',
    '/livez/',
    '/readyz/x',
    '/metrics/x',
  ])('has no page for %s, not even for who wants HTML', async (path) => {
    const { status, headers, text } = await send(door, path, HTML);
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).not.toContain(PAGE);
  });

  it.each([
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/..%5coutside.txt',
    '/assets/../../outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/.fingerprint',
    '/.git/config',
    '/%2egit/config',
    '//etc/passwd/../.git/config',
  ])('gives out nothing but the build, and none of its hidden files: %s', async (path) => {
    for (const headers of [{}, HTML]) {
      const { status, text } = await send(door, path, headers);
      expect([status, text.includes('secret')]).toEqual([404, false]);
    }
  });

  it('leaves the other answers of the door as they are', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/docs', '/openapi.json']) {
      const { status, text } = await send(door, path, HTML);
      expect([path, status, text.includes(PAGE)]).toEqual([path, 200, false]);
    }
  });

  it('is measured by templates, never by what was in the address', async () => {
    const measured = await serve();
    for (const path of ['/', '/wish/upon/a/star', asset, '/icon.svg', '/xray', `/xray/traces/${TRACE_ID}`]) {
      await send(measured, path, HTML);
    }
    const { text } = await send(measured, '/metrics');
    const routes = [...text.matchAll(/http_request_duration_seconds_count\{.*route="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(routes.sort()).toEqual(['/', '/assets/{file}', '/xray', '/{file}', 'none']);
    expect(text).not.toMatch(/upon|1a2b3c|icon/);
  });

  it('lets its page load what is its own, and be framed by the doors that it frames', async () => {
    const door = await serve({
      STORE_DOORS: [
        { name: 'monolith', url: 'http://localhost:8080' },
        { name: 'direct', url: 'http://localhost:8082/with/a/path' },
      ],
    });
    const { headers } = await send(door, '/');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; " +
        "frame-src 'self' http://localhost:8082; frame-ancestors 'self' http://localhost:8082",
    );
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'referrer-policy': 'same-origin',
    });
  });

  it('goes on with the build that it began with while another is made', async () => {
    const copy = join(folder, 'rebuilt');
    mkdirSync(join(copy, 'assets'), { recursive: true });
    writeFileSync(join(copy, 'index.html'), PAGE);
    writeFileSync(join(copy, 'assets', 'index-1a2b3c.js'), SCRIPT);
    const door = await serve({ STOREFRONT_DIR: copy });
    rmSync(copy, { recursive: true });
    expect([(await send(door, '/')).text, (await send(door, asset)).text]).toEqual([PAGE, SCRIPT]);
  });

  it('is left out with a warning where there is no build, and the door runs', async () => {
    const warnings: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line).msg) });
    const door = await serve({ STOREFRONT_DIR: join(folder, 'none') }, log);
    expect(warnings).toEqual([`there is no shop at / since none was built in ${join(folder, 'none')}`]);
    expect((await send(door, '/', HTML)).status).toBe(404);
    expect((await send(door, '/livez')).status).toBe(200);
    expect((await send(door, '/xray')).status).toBe(200);
  });
});
