import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Span } from '@twinstore/contracts';
import { request } from 'undici';
import { identifyService } from '../src/http/identify.ts';
import { exposePort } from '../src/remote-port.ts';
import { keepSpans } from '../src/tracing/recorder.ts';
import { exposeSpans, traces } from '../src/tracing/traces.ts';
import { closeAll, get, names, newTrace, NOWHERE, serve, session, spansWhen, tokens, upstream } from './tracing-bed.ts';

beforeAll(() => keepSpans('test'));
afterEach(closeAll);

describe('a front door that is asked for a trace', () => {
  const foreign = (traceId: string, startMs: number): Span => ({
    traceId,
    spanId: 'f'.repeat(16),
    parentSpanId: undefined,
    service: 'other-service',
    name: 'GET /api/cart',
    kind: 'server',
    startMs,
    durationMs: 1,
    error: undefined,
    attributes: {},
  });

  it('answers its own spans and those of every instance, by their start, and names who is silent', async () => {
    const instances = await Promise.all(
      [1, 9e15].map((startMs) => {
        const port = { of: async (traceId: string) => [foreign(traceId, startMs)] };
        return serve([], [exposePort('spans', port, { of: 1000 }, identifyService(tokens))]);
      }),
    );
    const { traceId, headers } = newTrace();
    await get(`${await serve([session(async () => {})])}/api/session`, headers);
    await spansWhen(traceId, 1);
    const whole = upstream('whole', instances.join());
    const half = upstream('half', [instances[0], NOWHERE].join());
    const trace = await traces([whole, half, upstream('gone', NOWHERE)]).of(traceId);
    expect(trace.traceId).toBe(traceId);
    expect(trace.spans.map(({ service }) => service)).toEqual([
      'other-service',
      'other-service',
      'test',
      'other-service',
    ]);
    expect(trace.silent).toEqual(['half', 'gone']);
    expect(await traces().of(traceId)).toMatchObject({ spans: [{ service: 'test' }], silent: [] });
  });

  it('gets what a service keeps, if it has a token of the store', async () => {
    const service = await serve([session(async () => {})], [exposeSpans(identifyService(tokens))]);
    const { traceId, headers } = newTrace();
    await get(`${service}/api/session`, headers);
    await spansWhen(traceId, 1);
    const { spans } = await traces([upstream('service', service)]).of(traceId);
    // Here they are one process: it tells of itself twice.
    expect(names(spans)).toEqual(Array(2).fill('server GET /api/session'));
    const stranger = await request(`${service}/internal/spans/of`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([traceId]),
    });
    expect(stranger.statusCode).toBe(401);
    await stranger.body.dump();
  });

  it('does not wait for a service that hangs', async () => {
    const hanging = await serve(
      [],
      [exposePort('spans', { of: () => sleep(60_000, [], { ref: false }) }, { of: 1000 }, identifyService(tokens))],
    );
    const began = performance.now();
    expect((await traces([upstream('hanging', hanging)]).of('x')).silent).toEqual(['hanging']);
    expect(performance.now() - began).toBeGreaterThan(1500);
    expect(performance.now() - began).toBeLessThan(4000);
  });
});
