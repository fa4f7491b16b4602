import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Switches, Trace } from '@twinstore/contracts';
import { pino, type Logger } from 'pino';
import { Agent } from 'undici';
import { createApp } from '../src/http/app.ts';
import { documents } from '../src/http/front-door.ts';
import { serveHttp, type RunningServer } from '../src/http/server.ts';
import { storefront, type StorefrontOptions } from '../src/http/storefront.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';

const PAGE = `<!doctype html><title>The shop</title>${'<p>page</p>'.repeat(100)}`;
const SCRIPT = `export const shop = ${JSON.stringify('shop '.repeat(500))};`;
const TRACE_ID = 'a0b1'.repeat(8);

const folder = mkdtempSync(join(tmpdir(), 'twinstore-shop-'));
const dist = join(folder, 'dist');

beforeAll(() => {
  const put = (name: string, text: string | Buffer) => writeFileSync(join(dist, name), text);
  mkdirSync(join(dist, 'assets'), { recursive: true });
  mkdirSync(join(dist, '.git'));
  for (const [name, text] of [
    ['index.html', PAGE],
    ['assets/index-1a2b3c.js', SCRIPT],
  ] as const) {
    put(name, text);
    put(`${name}.br`, brotliCompressSync(text));
    put(`${name}.gz`, gzipSync(text));
  }
  put('assets/index-4d5e6f.css', 'body { color: black }');
  put('assets/font-7a8b9c.woff2', Buffer.from([0, 1, 2, 255]));
  put('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  put('manifest.webmanifest', '{}');
  put('robots.txt', 'User-agent: *');
  put('.fingerprint', 'secret');
  put('.git/config', 'secret');
  writeFileSync(join(folder, 'outside.txt'), 'secret');
});

const servers: { close(): Promise<unknown> }[] = [];
let door: Door;
beforeAll(async () => {
  door = await serve();
});
afterAll(async () => {
  // Each takes its time to close.
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

interface Door extends RunningServer {
  readonly url: string;
}

async function serve(config: Partial<StorefrontOptions['config']> = {}, log?: Logger): Promise<Door> {
  const health = { checks: {}, closing: false };
  const anyone = async () => ({ caller: { shopper: undefined, admin: false } });
  const traces = { of: async (traceId: string): Promise<Trace> => ({ traceId, spans: [], silent: ['order'] }) };
  const shop = storefront({
    log: log ?? createLogger('test', 'silent'),
    config: { STORE_DOORS: [], XRAY: 'off', ...config },
    name: 'monolith',
    build: pathToFileURL(`${dist}/`),
    traces,
  });
  const app = createApp({
    log: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
    health,
    identify: anyone,
    trustsDeadline: false,
    bindings: [],
    extra: [documents(), shop],
  });
  const server = await serveHttp({ PORT: 0 }, app, health);
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

const agent = new Agent();
afterAll(() => agent.close());

/** One request as it is: no decompression, no mending of the path. */
async function send(door: Door, path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) {
  const answer = await agent.request({ origin: door.url, path, method: method as 'GET', headers, body: body ?? null });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const { statusCode: status, headers: received } = answer;
  return { status, headers: received as Record<string, string | undefined>, bytes, text: bytes.toString() };
}

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const asset = '/assets/index-1a2b3c.js';

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

describe('/xray', () => {
  it('tells which tools there are', async () => {
    const { status, headers, text } = await send(door, '/xray');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(JSON.parse(text)).toEqual({ enabled: false, switches: false, name: 'monolith', doors: [], lab: null });

    const doors = [{ name: 'monolith', url: 'http://localhost:8080' }];
    const SWITCHES = { SWITCHES_URL: 'http://127.0.0.1:9', SWITCHES_TOKEN: 'a token of sixteen' };
    const all = await serve({ XRAY: 'on', STORE_DOORS: doors, LAB_URL: 'http://localhost:8090', ...SWITCHES });
    const told = await send(all, '/xray');
    expect(JSON.parse(told.text)).toEqual({
      enabled: true,
      switches: true,
      name: 'monolith',
      doors,
      lab: 'http://localhost:8090',
    });
    expect(told.text).not.toContain(SWITCHES.SWITCHES_TOKEN);
  });

  it('shows what is known of a trace where spans are kept, and nothing where none are', async () => {
    const on = await serve({ XRAY: 'on' });
    const { status, headers, text } = await send(on, `/xray/traces/${TRACE_ID}`);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(JSON.parse(text)).toEqual({ traceId: TRACE_ID, spans: [], silent: ['order'] });
    for (const id of ['', 'x', TRACE_ID.slice(1), `${TRACE_ID}0`, TRACE_ID.toUpperCase(), TRACE_ID.replace('a', 'g')]) {
      expect([id, (await send(on, `/xray/traces/${id}`, HTML)).status]).toEqual([id, 404]);
    }
    expect((await send(door, `/xray/traces/${TRACE_ID}`)).status).toBe(404);
  });

  it('has no switches where nobody offers any', async () => {
    const door = await serve({ XRAY: 'on' });
    const json = { 'content-type': 'application/json' };
    expect((await send(door, '/xray/switches')).status).toBe(404);
    expect((await send(door, '/xray/switches/provider', json, 'PUT', '{"slow":true}')).status).toBe(404);
  });
});

describe('the switches at a front door', () => {
  const TOKEN = 'a token of sixteen';
  const state: Switches = {
    processes: [{ name: 'order-service', running: false, backInMs: 59_000 }],
    provider: { slow: true },
  };
  let controller: Server;
  let answers: (asked: IncomingMessage) => number;
  const asked: string[] = [];

  beforeAll(async () => {
    controller = createServer(async (req, res) => {
      const body = req.method === 'PUT' ? ` ${JSON.stringify(await json(req))}` : '';
      asked.push(`${req.headers.authorization} ${req.method} ${req.url}${body}`);
      res.writeHead(answers(req), { 'content-type': 'application/json' }).end(JSON.stringify(state));
    });
    await new Promise<void>((resolve) => controller.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    controller.closeAllConnections();
    controller.close();
  });

  async function serveSwitched(): Promise<Door> {
    asked.length = 0;
    answers = () => 200;
    const { port } = controller.address() as AddressInfo;
    return serve({ SWITCHES_URL: `http://127.0.0.1:${port}`, SWITCHES_TOKEN: TOKEN });
  }

  const put = (door: Door, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(door, path, { 'content-type': 'application/json', ...headers }, 'PUT', JSON.stringify(body));

  it('are shown and moved by whoever started the store', async () => {
    const door = await serveSwitched();
    const shown = await send(door, '/xray/switches');
    expect([shown.status, shown.headers['cache-control'], JSON.parse(shown.text)]).toEqual([200, 'no-store', state]);
    const moved = await put(door, '/xray/switches/processes/order-service', { running: false });
    expect([moved.status, JSON.parse(moved.text)]).toEqual([200, state]);
    expect((await put(door, '/xray/switches/provider', { slow: true })).status).toBe(200);
    expect(asked).toEqual([
      `Bearer ${TOKEN} GET /`,
      `Bearer ${TOKEN} PUT /processes/order-service {"running":false}`,
      `Bearer ${TOKEN} PUT /provider {"slow":true}`,
    ]);
  });

  it('are moved by their names alone', async () => {
    const door = await serveSwitched();
    await put(door, '/xray/switches/processes/..%2fprovider', { running: false });
    expect(asked).toEqual([`Bearer ${TOKEN} PUT /processes/..%2Fprovider {"running":false}`]);
    answers = () => 404;
    expect((await put(door, '/xray/switches/processes/none', { running: false })).status).toBe(404);
    expect((await put(door, '/xray/switches/processes/order-service', { running: 'no' })).status).toBe(400);
    expect((await put(door, '/xray/switches/provider', {})).status).toBe(400);
    expect((await send(door, '/xray/switches', {}, 'DELETE')).status).toBe(405);
    expect((await send(door, '/xray/switches/provider', {}, 'OPTIONS')).headers['allow']).toBe('PUT, OPTIONS');
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    [{ host: 'evil.example' }],
  ])('are not moved by a page of another site: %j', async (headers) => {
    const door = await serveSwitched();
    for (const [path, body] of [
      ['/xray/switches/processes/order-service', { running: false }],
      ['/xray/switches/provider', { slow: true }],
    ] as const) {
      const refused = await put(door, path, body, headers);
      expect([refused.status, JSON.parse(refused.text).detail]).toEqual([
        404,
        expect.stringContaining('Only the pages'),
      ]);
    }
    expect(asked).toEqual([]);
  });

  it('are moved by its own pages', async () => {
    const door = await serveSwitched();
    const own = { 'sec-fetch-site': 'same-origin', origin: door.url };
    expect((await put(door, '/xray/switches/provider', { slow: true }, own)).status).toBe(200);
    expect((await put(door, '/xray/switches/provider', { slow: true }, { origin: door.url })).status).toBe(200);
  });

  it('are said to be away when they do not answer', async () => {
    const door = await serve({ SWITCHES_URL: 'http://127.0.0.1:9', SWITCHES_TOKEN: TOKEN });
    const { status, headers, text } = await send(door, '/xray/switches');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(text)).toMatchObject({ type: '/problems/service-unavailable' });
    const failing = await serveSwitched();
    answers = () => 503;
    expect((await put(failing, '/xray/switches/provider', { slow: true })).status).toBe(503);
  });
});
