import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@twinstore/conformance';
import { app, freePort, type Proc } from '@twinstore/local';
import { eventLoopOf } from '../src/machine/event-loop.ts';
import { handlerTimesOf, since } from '../src/machine/handler-times.ts';
import { lookAt, metricsSource } from '../src/machine/metrics-source.ts';
import { parseMetrics, valueOf } from '../src/machine/metrics-text.ts';
import { canReadProcesses, readProcesses } from '../src/machine/proc.ts';
import { processWatch } from '../src/machine/watch.ts';

describe('the Prometheus text format', () => {
  it('is read with labels that hold anything, exponents, infinity and time stamps', () => {
    const text = [
      '# HELP a_total Things, {not="a label"} 7',
      'a_total 3',
      'b_total{route="/api/products/{sku}",said="a \\"b\\", \\\\ and\\nc"} 1.5e-3 1700000000000',
      'c_bucket{le="+Inf",} +Inf',
      'd NaN',
      'this is no sample',
      '',
    ].join('\r\n');
    const samples = parseMetrics(text.replaceAll('\r', ''));
    expect(samples).toEqual([
      { name: 'a_total', labels: {}, value: 3 },
      { name: 'b_total', labels: { route: '/api/products/{sku}', said: 'a "b", \\ and\nc' }, value: 0.0015 },
      { name: 'c_bucket', labels: { le: '+Inf' }, value: Infinity },
      { name: 'd', labels: {}, value: NaN },
    ]);
    expect(parseMetrics(text)).toEqual(samples);
    expect(valueOf(samples, 'd')).toBeUndefined();
    expect(valueOf(samples, 'e')).toBeUndefined();
  });
});

describe('event-loop delay', () => {
  const page = (ms: Record<string, number>) =>
    parseMetrics(
      Object.entries(ms)
        .map(([which, value]) => `nodejs_eventloop_lag_${which}_seconds{app="a"} ${value / 1000}`)
        .join('\n'),
    );

  it('is what goes beyond the time from one look to the next', () => {
    const delay = eventLoopOf(page({ mean: 10.5, p50: 9.9, p99: 15, max: 210 }))!;
    expect(delay.mean).toBeCloseTo(0.5);
    expect(delay.p50).toBe(0);
    expect(delay.p99).toBeCloseTo(5);
    expect(delay.max).toBeCloseTo(200);
  });

  it('is unknown where part of it is', () => expect(eventLoopOf(page({ mean: 11, p50: 10 }))).toBeUndefined());
});

describe('handler times', () => {
  const page = (...lines: [route: string, status: number, count: number, seconds: number][]) =>
    parseMetrics(
      lines
        .map(([route, status, count, seconds]) => {
          const labels = `{method="GET",route="${route}",status="${status}"}`;
          return `http_request_duration_seconds_count${labels} ${count}\nhttp_request_duration_seconds_sum${labels} ${seconds}`;
        })
        .join('\n'),
    );
  const before = handlerTimesOf(page(['/api/cart', 200, 4, 1], ['/metrics', 200, 9, 9], ['/api/session', 200, 1, 1]));

  it('are what came to be in the window, whatever the status, without what we ask ourselves', () => {
    const after = page(['/api/cart', 200, 6, 1.5], ['/api/cart', 503, 1, 0.25], ['/metrics', 200, 12, 12]);
    const change = since(before, handlerTimesOf([...after, ...page(['/api/session', 200, 1, 1])]));
    expect(change).toEqual({ 'GET /api/cart': { requests: 3, totalMs: 750 } });
  });

  it('are unknown where the process is another one by now', () => {
    expect(since(before, handlerTimesOf(page(['/api/cart', 200, 1, 0.1])))).toBeUndefined();
  });
});

const onLinux = canReadProcesses() ? describe : describe.skip;

onLinux('processes that are watched', () => {
  const logDir = mkdtempSync(join(tmpdir(), 'twinstore-watch-'));
  const started: Proc[] = [];
  let peer: Server;
  beforeAll(async () => {
    peer = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(peer, 'listening');
  });
  afterEach(() => Promise.all(started.splice(0).map((proc) => proc.kill())));
  afterAll(() => {
    peer.closeAllConnections();
    peer.close();
    rmSync(logDir, { recursive: true, force: true });
  });

  /** A gateway, since it needs no database. Its services are one and the same server, which says yes to all. */
  async function gateway(workers: number) {
    const url = `http://127.0.0.1:${(peer.address() as AddressInfo).port}`;
    const peers = { PRODUCT_URL: url, CART_URL: url, ORDER_URL: url, PAYMENT_URL: url };
    const secret = 'a secret of sixteen characters';
    const secrets = { SESSION_SECRET: secret, SERVICE_SECRET: secret, ADMIN_TOKEN: 'the-test-needs-none' };
    const proc = app({
      app: 'gateway',
      port: await freePort(),
      logDir,
      env: {
        CHECKOUT: 'direct',
        WORKERS: String(workers),
        ...secrets,
        ...peers,
      },
    });
    started.push(proc);
    await proc.start();
    return { pid: proc.pid!, origin: proc.url.replace('localhost', '127.0.0.1') };
  }

  it('tell of the window alone, and show when their event loop stood still', async () => {
    const { pid, origin } = await gateway(1);
    const watch = processWatch({ gateway: metricsSource(origin), absent: metricsSource('http://127.0.0.1:9') });
    await standStill(pid, 600);
    await ask(origin, 5);
    await watch.open();
    await ask(origin, 3);
    // The event loop is looked at every 10 ms.
    await sleep(100);
    const quiet = await watch.close();
    expect(quiet.handlerTimes['gateway']?.['GET /api/meta']?.requests).toBe(3);
    expect(Object.keys(quiet.eventLoops)).toEqual(['gateway']);
    await watch.open();
    await standStill(pid, 600);
    const blocked = await watch.close();
    expect(blocked.eventLoops['gateway']!.max).toBeGreaterThan(400);
    expect(quiet.eventLoops['gateway']!.max).toBeLessThan(blocked.eventLoops['gateway']!.max);
    expect(blocked.handlerTimes).toEqual({ gateway: {} });
  });

  it('share what one reading made start afresh', async () => {
    const { pid, origin } = await gateway(1);
    const source = metricsSource(origin);
    const watch = processWatch({ gateway: source });
    await watch.open();
    await standStill(pid, 600);
    await ask(origin, 2);
    await source.read();
    await ask(origin, 2);
    const { eventLoops, handlerTimes } = await watch.close();
    expect(eventLoops['gateway']!.max).toBeGreaterThan(400);
    expect(handlerTimes['gateway']!['GET /api/meta']!.requests).toBe(4);
  });

  it('are told apart where they are workers that share a port', async () => {
    const { pid, origin } = await gateway(2);
    // It is ready once one of them is.
    const looked = await until(
      'both workers are there',
      20_000,
      () => lookAt(origin),
      (seen) => seen?.workers === 2,
    );
    expect(looked).toEqual({ app: 'gateway', workers: 2 });
    const watch = processWatch({ gateway: metricsSource(origin, 2) });
    await watch.open();
    await ask(origin, 6);
    const worker = readProcesses().find(({ parent }) => parent === pid);
    await standStill(worker!.pid, 600);
    const { eventLoops, handlerTimes } = await watch.close();
    expect(handlerTimes['gateway']!['GET /api/meta']!.requests).toBe(6);
    expect(Object.keys(eventLoops).toSorted()).toEqual(['gateway #1', 'gateway #2']);
    expect(Math.max(...Object.values(eventLoops).map(({ max }) => max))).toBeGreaterThan(400);
  }, 60_000);
});

async function standStill(pid: number, ms: number): Promise<void> {
  // The first look after a reading only sets the clock: a block before it is not seen.
  await sleep(50);
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
  // Time for the timer that was due meanwhile to be seen to be late.
  await sleep(50);
}

/** One after the other, each over a connection of its own, so that workers take turns. */
async function ask(origin: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const answer = await fetch(`${origin}/api/meta`, { headers: { connection: 'close' } });
    await answer.text();
  }
}
