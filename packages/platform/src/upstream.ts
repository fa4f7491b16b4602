import { Pool } from 'undici';
import type { Caller } from './http/caller.ts';
import { reportedCosts } from './http/exchange.ts';
import { childTraceparent, currentRequest } from './request-context.ts';
import type { ServiceTokens } from './service-token.ts';

/** Another process of the store that we call. */
export interface Upstream {
  readonly name: string;
  readonly pool: Pool;
  /** Headers that every call carries: who we are, for whom we ask, which trace it is, how long we wait. */
  headers(caller: Caller, timeoutMs: number): Promise<Record<string, string>>;
  /** One call of a port's method. @throws Unavailable if no answer came in time. */
  invoke(path: string, args: readonly unknown[], timeoutMs: number): Promise<unknown>;
  /** Rejects unless the process is ready. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A service did not answer, or could not. What it was asked to do may or may not have been done. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly problem = 'service-unavailable';
}

/** Below the servers' keep-alive time: the side that reuses a connection has to be the first to give it up. */
const IDLE_MS = 30_000;
const CONNECTIONS = 64;
const PROCESS: Caller = { shopper: undefined, admin: false };

/** Pooled keep-alive connections to a service at `url`. */
export function openUpstream(name: string, url: string, tokens: ServiceTokens): Upstream {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connect: { timeout: 1000 },
  });

  async function headers(caller: Caller, timeoutMs: number): Promise<Record<string, string>> {
    const request = currentRequest();
    return {
      authorization: `Bearer ${await tokens.issue(caller)}`,
      'x-timeout-ms': String(timeoutMs),
      ...(request ? { 'x-request-id': request.requestId, traceparent: childTraceparent(request) } : {}),
    };
  }

  return {
    name,
    pool,
    headers,
    async invoke(path, args, timeoutMs) {
      const request = currentRequest();
      const budget = Math.max(1, Math.ceil(Math.min(timeoutMs, (request?.deadline ?? Infinity) - performance.now())));
      let answer;
      try {
        answer = await pool.request({
          method: 'POST',
          path,
          headers: { ...(await headers(PROCESS, budget)), 'content-type': 'application/json' },
          body: JSON.stringify(args),
          headersTimeout: budget,
          bodyTimeout: budget,
        });
        const body = await answer.body.text();
        if (request) {
          const costs = reportedCosts(answer.headers['server-timing']?.toString());
          request.statements += costs.statements;
          request.calls += costs.calls + 1;
        }
        if (answer.statusCode === 200) return (JSON.parse(body) as { result?: unknown }).result;
      } catch (error) {
        throw new Unavailable(`${name} did not answer ${path}`, { cause: error });
      }
      throw new Unavailable(`${name} answered ${path} with ${answer.statusCode}`);
    },
    async ping() {
      const answer = await pool.request({ method: 'GET', path: '/readyz', headersTimeout: 2000, bodyTimeout: 2000 });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Unavailable(`${name} is not ready`);
    },
    close: () => pool.close(),
  };
}
