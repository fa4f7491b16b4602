import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { routes } from '@twinstore/contracts';
import { Agent } from 'undici';
import { bindProxies } from '../src/http/proxy.ts';
import { Unavailable, type Upstream } from '../src/upstream.ts';
import { closeAll, serve, upstream } from './tracing-bed.ts';
import { until } from './until.ts';

/** More than there are connections to a service. */
const MANY = 100;
const CONNECTIONS = 64;
const SHORT_MS = 300;
const LONG_MS = 9000;

/** Takes every connection and reads every request, and answers when the test does. */
let held: { readonly path: string; readonly res: ServerResponse }[];
let hung: ReturnType<typeof createServer>;
let service: Upstream;
let crowd: Agent;

beforeEach(async () => {
  held = [];
  hung = createServer((req, res) => void held.push({ path: req.url ?? '', res })).listen(0);
  await once(hung, 'listening');
  service = upstream('product', `http://127.0.0.1:${(hung.address() as AddressInfo).port}`);
  crowd = new Agent({ connections: null });
});
afterEach(async () => {
  hung.close();
  hung.closeAllConnections();
  await crowd.destroy();
  await closeAll();
});

const pending = () => service.balancer.all()[0]?.pending;
const isAsked = (path: string) => held.some((one) => one.path === path);
const ask = (door: string, path: string, signal?: AbortSignal) =>
  crowd.request({ origin: door, path, method: 'GET', ...(signal && { signal }) });

/** Takes all connections, and answers once it has them. What each comes to is of no interest. */
async function takeConnections(open: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < CONNECTIONS; count += 1) void open().catch(() => {});
  await until(() => held.length === CONNECTIONS);
}

describe('a call to a service that hangs', () => {
  it('ends when its time is over, also if it is still waiting for a connection, and is then not made', async () => {
    const calls: string[] = [];
    const call = async (path: string, ms: number) => {
      await service.invoke(path, [], ms).catch((error: unknown) => expect(error).toBeInstanceOf(Unavailable));
      calls.push(path);
    };
    await takeConnections(() => call('/held', LONG_MS));
    await call('/late', SHORT_MS);
    expect(calls).toEqual(['/late']);

    const next = service.invoke('/next', [], LONG_MS);
    held[0]?.res.end('{"result":1}');
    await until(() => isAsked('/next'));
    held.at(-1)?.res.end('{"result":2}');
    expect(await next).toBe(2);
    expect(isAsked('/late')).toBe(false);
  });
});

describe('a front door before a service that hangs', () => {
  const open = (patienceMs: number) =>
    serve(bindProxies([routes.listCategories, routes.getProduct], { product: service }, [], {}, patienceMs));

  it('answers everybody that the service does not answer, however many they are', async () => {
    const door = await open(SHORT_MS);
    const answers = await Promise.all(Array.from({ length: MANY }, () => ask(door, '/api/categories')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(MANY).fill(503));
    for (const { body } of answers) expect(await body.json()).toMatchObject({ type: '/problems/service-unavailable' });
    expect(pending()).toBe(0);
  });

  it('does not ask again what it has called off', async () => {
    const door = await open(SHORT_MS);
    const answer = await ask(door, '/api/products/one');
    expect(answer.statusCode).toBe(503);
    await answer.body.dump();
    const next = ask(door, '/api/products/two');
    await until(() => isAsked('/api/products/two'));
    held.at(-1)?.res.end('{}');
    await (await next).body.dump();
    expect(held.map(({ path }) => path)).toEqual(['/api/products/one', '/api/products/two']);
  });

  it('lets an answer that has begun in time take as long as it likes', async () => {
    const door = await open(SHORT_MS);
    const asked = ask(door, '/api/categories');
    await until(() => held.length === 1);
    held[0]?.res.write('{"items":');
    const { statusCode, body } = await asked;
    const whole = body.text();
    await new Promise((resolve) => setTimeout(resolve, 2 * SHORT_MS));
    held[0]?.res.end('[]}');
    expect([statusCode, await whole]).toEqual([200, '{"items":[]}']);
  });

  it('no longer asks for a client that left while it waited for a connection', async () => {
    const door = await open(LONG_MS);
    await takeConnections(() => ask(door, '/api/categories'));
    const leaving = new AbortController();
    const left = ask(door, '/api/products/left', leaving.signal);
    await until(() => pending() === CONNECTIONS + 1);
    leaving.abort();
    await expect(left).rejects.toThrow(/abort/i);
    await until(() => pending() === CONNECTIONS);

    const stays = ask(door, '/api/products/stays');
    held[0]?.res.end('{}');
    await until(() => isAsked('/api/products/stays'));
    held.at(-1)?.res.end('{"sku":"stays"}');
    const { statusCode, body } = await stays;
    expect([statusCode, await body.json()]).toEqual([200, { sku: 'stays' }]);
    expect(isAsked('/api/products/left')).toBe(false);
  });
});
