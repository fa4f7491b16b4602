import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { problem, routes, type Span } from '@twinstore/contracts';
import { Agent, request } from 'undici';
import { bind } from '../src/http/bind.ts';
import { bindEvents, type EventSink } from '../src/http/event-stream.ts';
import { identifyService } from '../src/http/identify.ts';
import { bindProxies } from '../src/http/proxy.ts';
import { exposePort, remotePort } from '../src/remote-port.ts';
import { currentRequest, traceIdOf } from '../src/request-context.ts';
import { keepSpans, spansOf } from '../src/tracing/recorder.ts';
import { traced } from '../src/tracing/traced.ts';
import { exposeSpans } from '../src/tracing/traces.ts';
import {
  anyone,
  closeAll,
  get,
  names,
  newTrace,
  NOWHERE,
  serve,
  session,
  spansWhen,
  tokens,
  upstream,
} from './tracing-bed.ts';
import { until } from './until.ts';

beforeAll(() => keepSpans('test'));
afterEach(closeAll);

interface Depths {
  look(name: string): Promise<string>;
}
const depths = { look: 1000 };
const SECRET = 'hunter2';

/** Whether each span but the first was caused by the one before it. */
const isChain = (spans: readonly Span[]) =>
  spans.every(({ parentSpanId }, index) => index === 0 || parentSpanId === spans[index - 1]?.spanId);

describe('the spans of a request', () => {
  it('join over a call into one tree: server, module, client, server', async () => {
    const service = await serve(
      [],
      [exposePort<Depths>('depths', { look: async (name) => name }, depths, identifyService(tokens))],
    );
    const remote = traced('depths', remotePort<Depths>('depths', upstream('deep', service), depths));
    const { traceId, parentId, headers } = newTrace();
    const before = Date.now();
    expect(await get(`${await serve([session(() => remote.look(SECRET))])}/api/session?q=${SECRET}`, headers)).toBe(
      200,
    );
    const spans = await spansWhen(traceId, 4);
    expect(names(spans)).toEqual([
      'server GET /api/session',
      'internal depths.look',
      'client POST /internal/depths/look',
      'server POST /internal/depths/look',
    ]);
    expect(spans[0]?.parentSpanId).toBe(parentId);
    expect(isChain(spans)).toBe(true);
    expect(spans[0]).toMatchObject({ traceId, service: 'test', error: undefined });
    expect(spans.map(({ attributes }) => attributes)).toEqual([
      {
        'http.request.method': 'GET',
        'http.route': '/api/session',
        'http.response.status_code': 200,
        'url.path': '/api/session',
      },
      { 'twinstore.module': 'depths' },
      {
        'http.request.method': 'POST',
        'url.path': '/internal/depths/look',
        'server.address': service,
        'peer.service': 'deep',
        'http.response.status_code': 200,
      },
      {
        'http.request.method': 'POST',
        'http.route': '/internal/depths/look',
        'http.response.status_code': 200,
        'url.path': '/internal/depths/look',
      },
    ]);
    for (const { startMs, durationMs } of spans) {
      expect(startMs).toBeGreaterThan(before - 1000);
      expect(startMs + durationMs).toBeLessThan(Date.now() + 1000);
      expect(durationMs).toBeGreaterThan(0);
    }
    expect(JSON.stringify(spans)).not.toContain(SECRET);
  });

  it('lie beneath the call that caused them, also where calls are made side by side', async () => {
    const ask = traced('inner', { one: async (ms: number) => sleep(ms) });
    const outer = traced('outer', { both: async () => Promise.all([ask.one(20), ask.one(10)]) });
    const { traceId, headers } = newTrace();
    await get(`${await serve([session(() => outer.both())])}/api/session`, headers);
    const spans = await spansWhen(traceId, 4);
    expect(names(spans)).toEqual([
      'server GET /api/session',
      'internal outer.both',
      'internal inner.one',
      'internal inner.one',
    ]);
    const [server, both, first, second] = spans.map(({ spanId }) => spanId);
    expect(spans.map(({ parentSpanId }) => parentSpanId).slice(1)).toEqual([server, both, both]);
    expect(first).not.toBe(second);
  });

  it('join through a proxy, under the name of the route', async () => {
    const service = await serve([bind(routes.getProduct, async () => problem('not-found'))]);
    const door = await serve(bindProxies([routes.getProduct], { product: upstream('product', service) }, []));
    const { traceId, headers } = newTrace();
    expect(await get(`${door}/api/products/A-1?q=${SECRET}`, headers)).toBe(404);
    const spans = await spansWhen(traceId, 3);
    expect(names(spans)).toEqual([
      'server GET /api/products/{sku}',
      'client GET /api/products/{sku}',
      'server GET /api/products/{sku}',
    ]);
    expect(isChain(spans)).toBe(true);
    // A product that is not there is nobody's failure.
    expect(spans.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(spans[1]?.attributes).toMatchObject({
      'url.path': '/api/products/A-1',
      'server.address': service,
      'peer.service': 'product',
      'http.response.status_code': 404,
    });
    expect(JSON.stringify(spans)).not.toContain(SECRET);
  });

  it('tell of each try of a call that failed, and of the answer', async () => {
    const gone = upstream('product', NOWHERE);
    const door = await serve([
      ...bindProxies([routes.listCategories], { product: gone }, []),
      session(() => gone.invoke('/internal/depths/look', [SECRET], 1000)),
    ]);
    for (const [path, call] of [
      ['/api/categories', 'client GET /api/categories'],
      ['/api/session', 'client POST /internal/depths/look'],
    ] as const) {
      const { traceId, headers } = newTrace();
      expect(await get(door + path, headers)).toBe(503);
      const spans = await spansWhen(traceId, 3);
      expect(names(spans)).toEqual([`server GET ${path}`, call, call]);
      expect(spans.slice(1).map(({ parentSpanId }) => parentSpanId)).toEqual(Array(2).fill(spans[0]?.spanId));
      expect(spans.map(({ error }) => error)).toEqual(['HTTP 503', 'Error ECONNREFUSED', 'Error ECONNREFUSED']);
    }
  });

  it('tell that nobody waited any longer for a service that hangs', async () => {
    const hung = createServer(() => {}).listen(0);
    const product = upstream('product', `http://127.0.0.1:${(hung.address() as AddressInfo).port}`);
    const door = await serve(bindProxies([routes.listCategories], { product }, [], {}, 200));
    const { traceId, headers } = newTrace();
    expect(await get(`${door}/api/categories`, headers)).toBe(503);
    hung.close();
    const spans = await spansWhen(traceId, 2);
    expect(spans.map(({ error }) => error)).toEqual(['HTTP 503', 'TimedOut']);
  });

  it('tell that something went wrong inside, and not what it said', async () => {
    const failing = traced('inner', { fail: () => Promise.reject(new RangeError(SECRET)) });
    const { traceId, headers } = newTrace();
    expect(await get(`${await serve([session(() => failing.fail())])}/api/session`, headers)).toBe(500);
    const spans = await spansWhen(traceId, 2);
    expect(spans.map(({ error }) => error)).toEqual(['HTTP 500', 'RangeError']);
    expect(JSON.stringify(spans)).not.toContain(SECRET);
  });

  it('are those of what the store does, and of nothing else', async () => {
    const url = await serve([session(async () => {})], [exposeSpans(anyone)]);
    const others = ['/livez', '/readyz', '/metrics', '/xray', '/xray/traces/x', '/images/A.svg', '/', '/api/nothing'];
    const { traceId, headers } = newTrace();
    for (const path of others) await get(url + path, headers);
    await request(`${url}/internal/spans/of`, { method: 'POST', headers, body: '["x"]' }).then(({ body }) =>
      body.dump(),
    );
    await get(`${url}/api/session`, headers);
    const spans = await spansWhen(traceId, 1);
    expect(names(spans)).toEqual(['server GET /api/session']);
  });

  it('begin a trace of their own when the client has none', async () => {
    // What the log's lines carry.
    let traceId = '';
    const inner = traced('inner', { look: async () => void (traceId = traceIdOf(currentRequest()!)) });
    const url = await serve([session(() => inner.look())]);
    await get(`${url}/api/session`, { traceparent: 'nonsense' });
    const spans = await spansWhen(traceId, 2);
    expect(spans[0]?.parentSpanId).toBeUndefined();
    expect(isChain(spans)).toBe(true);
  });

  it.each([
    ['is ended', (sink: EventSink | undefined) => sink?.end()],
    ['loses its listener', (_sink: unknown, listener: Readable) => listener.destroy()],
  ])('last until a stream %s', async (_how, end) => {
    let sink: EventSink | undefined;
    const stream = bindEvents(routes.followOrder, async () => ({
      feed: { start: (to) => void (sink = to), stop: () => {} },
    }));
    const service = await serve([stream]);
    const door = await serve(bindProxies([routes.followOrder], { order: upstream('order', service) }, []));
    const { traceId, headers } = newTrace();
    const agent = new Agent();
    const path = '/api/orders/01890a5d-ac96-774b-bcce-b302099a8057/events';
    const answer = await request(`${door}${path}`, { headers, dispatcher: agent });
    await until(() => sink !== undefined);
    await sleep(100);
    expect(spansOf(traceId)).toEqual([]);
    answer.body.on('error', () => {}).resume();
    end(sink, answer.body);
    const spans = await spansWhen(traceId, 3);
    expect(names(spans)).toEqual(['server', 'client', 'server'].map((kind) => `${kind} GET /api/orders/{id}/events`));
    expect(isChain(spans)).toBe(true);
    for (const { durationMs, error, attributes } of spans) {
      expect(durationMs).toBeGreaterThan(90);
      expect(error).toBeUndefined();
      expect(attributes['http.response.status_code']).toBe(200);
    }
    await agent.close();
  });
});
