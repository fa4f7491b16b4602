import type { Pool } from 'undici';
import { balance, type Balancer } from './balancer.ts';
import { answeredWithin, TimedOut } from './deadline.ts';
import { discovery, type Discovery } from './discovery.ts';
import type { Caller } from './http/caller.ts';
import { reportedCosts } from './http/exchange.ts';
import { contextHeaders, currentRequest } from './request-context.ts';
import type { ServiceTokens } from './service-token.ts';
import type { OpenSpan } from './tracing/active-span.ts';
import { callSpan } from './tracing/call-span.ts';

/** A service of the store that we call: one process, or several clones of it. */
export interface Upstream {
  readonly name: string;
  readonly balancer: Balancer;
  /** Headers that every call carries: who we are, for whom we ask, which trace it is, how long we wait. */
  headers(caller: Caller, timeoutMs: number): Promise<Record<string, string>>;
  /** One call of a port's method. @throws Unavailable if no answer came in time. */
  invoke(path: string, args: readonly unknown[], timeoutMs: number): Promise<unknown>;
  /** Each instance that is known, to be called by itself: without balancing, and without a second try. */
  instances(): readonly Pick<Upstream, 'invoke'>[];
  /** Rejects until the service was ready once. After that its absence is its own matter: all else goes on without it. */
  seen(): Promise<void>;
  close(): Promise<void>;
}

/** A service did not answer, or could not. What it was asked to do may or may not have been done. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly problem = 'service-unavailable';
}

/** Who is prepared to wait for longer waits for something to happen, in milliseconds. */
const LONG_MS = 10_000;

/** The deadline of a call is over all of it, so it needs none of undici's own. */
const NO_OTHER = { headersTimeout: 0, bodyTimeout: 0 } as const;

const PROCESS: Caller = { shopper: undefined, admin: false };

/** A service at one address (or several, with commas between them), or wherever a discovery finds its instances. */
export function openUpstream(name: string, where: string | Discovery, tokens: ServiceTokens): Upstream {
  const balancer = balance(typeof where === 'string' ? discovery('static', where) : where);

  async function headers(caller: Caller, timeoutMs: number, span?: OpenSpan): Promise<Record<string, string>> {
    return {
      authorization: `Bearer ${await tokens.issue(caller)}`,
      'x-timeout-ms': String(timeoutMs),
      ...contextHeaders(span),
    };
  }

  async function send(pool: Pool, path: string, body: string, budget: number, span?: OpenSpan): Promise<unknown> {
    const sent = { ...(await headers(PROCESS, budget, span)), 'content-type': 'application/json' };
    const { answer, text } = await answeredWithin(budget, async (signal) => {
      const answer = await pool.request({ method: 'POST', path, headers: sent, body, signal, ...NO_OTHER });
      return { answer, text: await answer.body.text() };
    });
    span?.set('http.response.status_code', answer.statusCode);
    const request = currentRequest();
    if (request) {
      const costs = reportedCosts(answer.headers['server-timing']?.toString());
      request.statements += costs.statements;
      request.calls += costs.calls + 1;
    }
    if (answer.statusCode === 200) return (JSON.parse(text) as { result?: unknown }).result;
    throw new Unavailable(`${name} answered ${path} with ${answer.statusCode}`);
  }

  let wasReady = false;
  async function seen(): Promise<void> {
    if (wasReady) return;
    const instance = balancer.pick();
    if (!instance) throw new Unavailable(`no instance of ${name} is known`);
    let failed = true;
    try {
      wasReady = await answeredWithin(2000, async (signal) => {
        const answer = await instance.pool.request({ method: 'GET', path: '/readyz', signal });
        await answer.body.dump();
        return answer.statusCode === 200;
      });
      failed = false;
    } finally {
      balancer.done(instance, failed);
    }
    if (!wasReady) throw new Unavailable(`${name} is not ready`);
  }

  return {
    name,
    balancer,
    seen,
    headers,
    instances: () =>
      balancer.all().map(({ patient }) => ({
        invoke: (path, args, timeoutMs) => send(patient, path, JSON.stringify(args), timeoutMs),
      })),
    async invoke(path, args, timeoutMs) {
      const ends = Math.min(performance.now() + timeoutMs, currentRequest()?.deadline ?? Infinity);
      const isLong = timeoutMs > LONG_MS;
      const body = JSON.stringify(args);
      let instance = balancer.pick();
      for (let isRetry = false; ; isRetry = true) {
        if (!instance) throw new Unavailable(`no instance of ${name} is known`);
        const span = callSpan(name, instance.origin, 'POST', path);
        try {
          const result = await send(
            isLong ? instance.patient : instance.pool,
            path,
            body,
            Math.max(1, Math.ceil(ends - performance.now())),
            span,
          );
          span?.end();
          balancer.done(instance, false);
          return result;
        } catch (error) {
          span?.end(error);
          const failed = !(error instanceof Unavailable);
          balancer.done(instance, failed);
          if (!failed) throw error;
          // Every method of a port is safe to repeat, if there is time left for it.
          const isOver = error instanceof TimedOut || performance.now() >= ends;
          if (isRetry || isOver || !balancer.mayRetry()) {
            throw new Unavailable(`${name} did not answer ${path}`, { cause: error });
          }
          instance = balancer.pick(instance);
        }
      }
    },
    close: () => balancer.close(),
  };
}
