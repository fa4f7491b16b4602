import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { problem, reply, routes } from '@twinstore/contracts';
import { Agent } from 'undici';
import { createApp } from '../src/http/app.ts';
import { bind, type Binding } from '../src/http/bind.ts';
import { bindEvents, type EventReply, type EventSink } from '../src/http/event-stream.ts';
import { identifyService } from '../src/http/identify.ts';
import { bindProxies } from '../src/http/proxy.ts';
import { serveHttp, type RunningServer } from '../src/http/server.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { serviceTokens } from '../src/service-token.ts';
import { openUpstream, type Upstream } from '../src/upstream.ts';

const tokens = serviceTokens('a secret of sixteen characters', 'test');
const SHOPPER = '01890a5d-ac96-774b-bcce-b302099a8057';
const PATH = `/api/orders/${SHOPPER}/events`;
const LONG_MS = 60_000;

const closing: (() => Promise<void>)[] = [];
const agent = () => {
  const made = new Agent();
  closing.push(() => made.destroy());
  return made;
};
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(bindings: Binding[], isService = false): Promise<RunningServer & { url: string }> {
  const health = { checks: {}, closing: false };
  const app = createApp({
    log: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
    health,
    identify: isService ? identifyService(tokens) : async () => ({ caller: { shopper: SHOPPER, admin: false } }),
    trustsDeadline: isService,
    bindings,
  });
  const server = await serveHttp({ PORT: 0 }, app, health);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= server.close());
  closing.push(close);
  return { port: server.port, close, url: `http://127.0.0.1:${server.port}` };
}

/** A feed that the test speaks through, and all who listened to it. */
function stage(commentEveryMs = LONG_MS) {
  const sinks: EventSink[] = [];
  const asked: (string | undefined)[] = [];
  let stopped = 0;
  let waiting: (() => void)[] = [];
  const changed = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const binding = bindEvents(
    routes.followOrder,
    async ({ headers }): Promise<EventReply> => {
      asked.push(headers['last-event-id']);
      if (headers['last-event-id'] === 'last') return 'nothing';
      if (headers['last-event-id'] === 'unknown') return problem('not-found');
      return {
        feed: {
          start: (sink) => (sinks.push(sink), changed()),
          stop: () => ((stopped += 1), changed()),
        },
      };
    },
    commentEveryMs,
  );
  const until = async (enough: () => boolean) => {
    while (!enough()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    binding,
    sinks,
    asked,
    stopped: (count: number) => until(() => stopped >= count),
    started: (count: number) => until(() => sinks.length >= count),
    stops: () => stopped,
  };
}

/** A service and a gateway before it. */
async function throughGateway(bindings: Binding[]) {
  const service = await serve(bindings, true);
  const upstream: Upstream = openUpstream('order', service.url, tokens);
  closing.push(upstream.close);
  const gateway = await serve(bindProxies(Object.values(routes), { order: upstream }, []));
  return { service, gateway, upstream };
}

interface Listener {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** What came since it was last asked, once there is something; undefined at the end of the stream. */
  next(): Promise<string | undefined>;
  leave(): void;
}

async function listen(url: string, headers: Record<string, string> = {}, dispatcher = agent()): Promise<Listener> {
  const answer = await dispatcher.request({ origin: url, path: PATH, method: 'GET', headers, bodyTimeout: LONG_MS });
  const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return {
    status: answer.statusCode,
    headers: answer.headers,
    async next() {
      const { value, done } = await chunks.next();
      return done ? undefined : value.toString();
    },
    leave: () => void answer.body.destroy(),
  };
}

for (const [name, open] of [
  ['of its own', async (bindings: Binding[]) => serve(bindings)],
  ['of a service behind a gateway', async (bindings: Binding[]) => (await throughGateway(bindings)).gateway],
] as const) {
  describe(`a stream of events ${name}`, () => {
    it('begins with its headers at once, and sends each event when it happens', async () => {
      const feed = stage();
      const { url } = await open([feed.binding]);
      const listener = await listen(url, { 'accept-encoding': 'gzip, br' });
      expect(listener.status).toBe(200);
      expect(listener.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
        'server-timing': expect.any(String),
      });
      expect(listener.headers['content-encoding']).toBeUndefined();
      feed.sinks[0]?.send({ event: 'status', id: 'one', data: { text: 'two\nlines' } });
      expect(await listener.next()).toBe('event: status\nid: one\ndata: {"text":"two\\nlines"}\n\n');
      feed.sinks[0]?.send({ event: 'status', id: 'two', data: 2 });
      expect(await listener.next()).toBe('event: status\nid: two\ndata: 2\n\n');
      feed.sinks[0]?.end();
      feed.sinks[0]?.send({ event: 'status', id: 'late', data: 3 });
      expect(await listener.next()).toBeUndefined();
      await feed.stopped(1);
    });

    it('says now and then that it is still there', async () => {
      const { url } = await open([stage(20).binding]);
      const listener = await listen(url);
      expect(await listener.next()).toMatch(/^(:\n\n)+$/);
      expect(await listener.next()).toMatch(/^(:\n\n)+$/);
    });

    it('is told what its listener heard last, and may have nothing to add', async () => {
      const feed = stage();
      const { url } = await open([feed.binding]);
      await listen(url, { 'last-event-id': 'first' });
      const nothing = await listen(url, { 'last-event-id': 'last' });
      expect([nothing.status, await nothing.next()]).toEqual([204, undefined]);
      const unknown = await listen(url, { 'last-event-id': 'unknown' });
      expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'application/problem+json']);
      expect(feed.asked).toEqual(['first', 'last', 'unknown']);
      expect(feed.stops()).toBe(0);
    });

    it('answers HEAD with the headers, and ends', async () => {
      const feed = stage();
      const { url } = await open([feed.binding]);
      const { statusCode, headers, body } = await agent().request({ origin: url, path: PATH, method: 'HEAD' });
      expect([statusCode, headers['content-type'], await body.text()]).toEqual([200, 'text/event-stream', '']);
      expect([feed.sinks.length, feed.stops()]).toEqual([0, 1]);
    });

    it('stops for each listener who leaves', async () => {
      const feed = stage();
      const { url } = await open([feed.binding]);
      const [gone, stays] = [await listen(url), await listen(url)];
      gone.leave();
      await feed.stopped(1);
      for (const sink of feed.sinks) sink.send({ event: 'status', id: 'one', data: 1 });
      expect(await stays.next()).toContain('id: one');
      expect(feed.stops()).toBe(1);
    });

    it('ends when its process closes, and holds nothing up', async () => {
      const feed = stage();
      const { url, close } = await open([feed.binding]);
      const listeners = await Promise.all(Array.from({ length: 20 }, () => listen(url)));
      await feed.started(20);
      for (const sink of feed.sinks) sink.send({ event: 'status', id: 'one', data: 1 });
      for (const listener of listeners) expect(await listener.next()).toContain('id: one');
      const closed = close();
      for (const listener of listeners) expect(await listener.next()).toBeUndefined();
      await closed;
      await feed.stopped(20);
    });
  });
}

describe('a gateway before streams of events', () => {
  it('ends them cleanly when the service closes, and when it dies', async () => {
    const feed = stage();
    const { service, gateway } = await throughGateway([feed.binding]);
    const listener = await listen(gateway.url);
    const closed = service.close();
    expect(await listener.next()).toBeUndefined();
    await closed;

    const dying = createServer((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('event: status\nid: one\n', () => res.destroy());
    }).listen(0);
    const upstream = openUpstream('order', `http://127.0.0.1:${(dying.address() as AddressInfo).port}`, tokens);
    closing.push(upstream.close, async () => void dying.close());
    const before = await serve(bindProxies([routes.followOrder], { order: upstream }, []));
    const left = await listen(before.url);
    expect(await left.next()).toBe('event: status\nid: one\n');
    expect(await left.next()).toBeUndefined();
  });

  it('has connections left for all else, and does not take an instance with many of them for a busy one', async () => {
    const feed = stage();
    const list = bind(routes.listOrders, async () => reply(200, { items: [], nextCursor: null }));
    const { gateway, upstream } = await throughGateway([feed.binding, list]);
    const crowd = agent();
    const listeners = await Promise.all(Array.from({ length: 200 }, () => listen(gateway.url, {}, crowd)));
    for (let n = 0; n < 3; n += 1) {
      const answer = await agent().request({ origin: gateway.url, path: '/api/orders', method: 'GET' });
      expect([answer.statusCode, await answer.body.json()]).toEqual([200, { items: [], nextCursor: null }]);
    }
    expect(upstream.balancer.pick()?.pending).toBe(1);
    for (const sink of feed.sinks) sink.send({ event: 'status', id: 'one', data: 1 });
    for (const listener of listeners) expect(await listener.next()).toContain('id: one');
  });
});

describe('a server that closes', () => {
  it('ends a stream that begins only now', async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    const late = bindEvents(routes.followOrder, async () => {
      isAsked();
      await held;
      return { feed: { start: (sink) => sink.send({ event: 'status', id: 'one', data: 1 }), stop: () => {} } };
    });
    const { url, close } = await serve([late]);
    const listening = listen(url);
    await asked;
    const closed = close();
    go();
    const listener = await listening;
    expect(await listener.next()).toContain('id: one');
    expect(await listener.next()).toBeUndefined();
    await closed;
  });
});
