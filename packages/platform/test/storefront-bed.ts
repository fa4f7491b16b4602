import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from '@jest/globals';
import type { Trace } from '@twinstore/contracts';
import type { Logger } from 'pino';
import { Agent } from 'undici';
import { createApp } from '../src/http/app.ts';
import { documents } from '../src/http/front-door.ts';
import { serveHttp, type RunningServer } from '../src/http/server.ts';
import { storefront, type StorefrontOptions } from '../src/http/storefront.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';

export const PAGE = `<!doctype html><title>The shop</title>${'<p>page</p>'.repeat(100)}`;
export const SCRIPT = `export const shop = ${JSON.stringify('shop '.repeat(500))};`;
export const TRACE_ID = 'a0b1'.repeat(8);

/** Around the build: nothing of it is to be had. */
export const folder = mkdtempSync(join(tmpdir(), 'twinstore-shop-'));
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
afterAll(async () => {
  // Each takes its time to close.
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

export interface Door extends RunningServer {
  readonly url: string;
}

/** A front door with that build of a shop. */
export async function serve(config: Partial<StorefrontOptions['config']> = {}, log?: Logger): Promise<Door> {
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
export async function send(
  door: Door,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
) {
  const answer = await agent.request({ origin: door.url, path, method: method as 'GET', headers, body: body ?? null });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const { statusCode: status, headers: received } = answer;
  return { status, headers: received as Record<string, string | undefined>, bytes, text: bytes.toString() };
}

export const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
export const asset = '/assets/index-1a2b3c.js';
