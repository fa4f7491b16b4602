import { hostname } from 'node:os';
import express, { type RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { asyncApi, openApi, problem, reply, routes, type Meta } from '@twinstore/contracts';
import { bind, type Binding } from './bind.ts';
import { mountGet } from './methods.ts';
import { referencePage } from './reference-page.ts';
import { send } from './reply.ts';

export const VERSION = '0.1.0';

/** What a front door answers by itself: which store it is, and who is signed in. */
export function frontRoutes(store: Pick<Meta, 'architecture' | 'checkout'>): Binding[] {
  const meta: Meta = { ...store, version: VERSION, instance: `${hostname()}-${process.pid}` };
  return [
    bind(routes.getMeta, async () => reply(200, meta, { 'Cache-Control': 'no-store' })),
    bind(routes.getSession, async () => reply(200, { account: null })),
  ];
}

/** `/openapi.json`, the page at `/docs` that shows it, and `/asyncapi.json`: the events between the services. */
export function documents(): RequestHandler {
  const document = openApi(Object.values(routes), {
    title: 'Twinstore',
    version: VERSION,
    description: 'One online store. A monolith and a set of microservices both answer it, byte for byte.',
  });
  const talk = asyncApi({
    title: 'Twinstore events',
    version: VERSION,
    description:
      'How the services talk when a checkout is choreographed: all of them in one document, each operation tagged with its service. The monolith says none of this; it shows the same document.',
  });
  const page = referencePage(document);
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const [path, json] of [
    ['/openapi.json', JSON.stringify(document)],
    ['/asyncapi.json', JSON.stringify(talk)],
  ] as const) {
    mountGet(router, path, (req, res) =>
      send(req, res, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' }, json),
    );
  }
  mountGet(router, '/docs', (req, res) => {
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': `default-src 'none'; style-src '${page.styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    };
    send(req, res, 200, headers, page.html);
  });
  return router;
}

/** Lets each client make so many requests a second; 0 lets everybody do as they like. */
export function rateLimit(requestsPerSecond: number): RequestHandler | undefined {
  if (requestsPerSecond === 0) return undefined;
  const limiter = new RateLimiterMemory({ points: requestsPerSecond, duration: 1 });
  return (req, _res, next) => {
    limiter.consume(req.ip ?? 'unknown').then(
      () => next(),
      (refusal: unknown) => {
        if (!(refusal instanceof RateLimiterRes)) return next(refusal);
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        next(problem('rate-limited', { headers: { 'Retry-After': String(seconds) } }));
      },
    );
  };
}
