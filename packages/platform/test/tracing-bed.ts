import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { reply, routes, type Span } from '@twinstore/contracts';
import { request } from 'undici';
import { bind, type Binding } from '../src/http/bind.ts';
import { createApp } from '../src/http/app.ts';
import type { Identify } from '../src/http/caller.ts';
import { serveHttp } from '../src/http/server.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { serviceTokens } from '../src/service-token.ts';
import { spansOf } from '../src/tracing/recorder.ts';
import { openUpstream, type Upstream } from '../src/upstream.ts';
import { until } from './until.ts';

export const tokens = serviceTokens('a secret of sixteen characters', 'test');
export const anyone: Identify = async () => ({ caller: { shopper: undefined, admin: false } });
/** Where nobody listens. */
export const NOWHERE = 'http://127.0.0.1:9';

const closing: (() => Promise<void>)[] = [];

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** Runs an app; answers its address. */
export async function serve(
  bindings: readonly Binding[],
  extra: readonly RequestHandler[] = [],
  identify: Identify = anyone,
): Promise<string> {
  const health = { checks: {}, closing: false };
  const app = createApp({
    log: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
    health,
    identify,
    trustsDeadline: false,
    bindings,
    extra,
  });
  const server = await serveHttp({ PORT: 0 }, app, health);
  closing.push(server.close);
  return `http://127.0.0.1:${server.port}`;
}

export function upstream(name: string, urls: string): Upstream {
  const opened = openUpstream(name, urls, tokens);
  closing.push(opened.close);
  return opened;
}

/** A trace of a test's own, as a browser begins it. */
export function newTrace(flags = '01') {
  const traceId = randomBytes(16).toString('hex');
  const parentId = randomBytes(8).toString('hex');
  return { traceId, parentId, headers: { traceparent: `00-${traceId}-${parentId}-${flags}` } };
}

/** The spans of a trace by their start, as soon as there are so many. */
export async function spansWhen(traceId: string, count: number): Promise<readonly Span[]> {
  await until(() => spansOf(traceId).length >= count);
  return spansOf(traceId).toSorted((a, b) => a.startMs - b.startMs);
}

/** A front door's session route that does `work`. */
export const session = (work: () => Promise<unknown>) =>
  bind(routes.getSession, async () => {
    await work();
    return reply(200, { account: null });
  });

/** Answers the status. On a connection of its own, so that no server has to wait for it when it closes. */
export async function get(url: string, headers: Record<string, string>): Promise<number> {
  const answer = await request(url, { headers, reset: true });
  await answer.body.dump();
  return answer.statusCode;
}

/** The spans of a trace in short. */
export const names = (spans: readonly Span[]) => spans.map(({ kind, name }) => `${kind} ${name}`);
