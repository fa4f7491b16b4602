import express, { type ErrorRequestHandler, type Express, type IRouter, type RequestHandler } from 'express';
import { problem } from '@twinstore/contracts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Binding } from './bind.ts';
import { hasBody, MAX_BODY, problemOfError } from './body.ts';
import type { Identify } from './caller.ts';
import { nameRoute, observe } from './exchange.ts';
import { healthRoutes, type Health } from './health.ts';
import { expressPath, otherMethods } from './methods.ts';
import { sendProblem } from './reply.ts';

export interface AppParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly identify: Identify;
  readonly bindings: readonly Binding[];
  /** Mounted after the contract's routes: documents and pictures at a front door, ports at a service. */
  readonly extra?: readonly RequestHandler[];
  /** Runs before any route below /api, for example a rate limiter. */
  readonly guard?: RequestHandler;
  /** Our own processes bound each other's time; the public may not bound ours. */
  readonly trustsDeadline: boolean;
  readonly trustProxy?: number;
}

/** The HTTP side of an app: the contract's routes, and the same manners on every one of them. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  if (parts.trustProxy) app.set('trust proxy', parts.trustProxy);

  app.use(observe({ metrics: parts.metrics.http, log: parts.log, trustsDeadline: parts.trustsDeadline }));
  app.use(refuseMalformed);
  if (parts.guard) app.use('/api', parts.guard);
  mountRoutes(app, parts.bindings, parts.identify);
  app.use(healthRoutes(parts.health, parts.metrics));
  for (const handler of parts.extra ?? []) app.use(handler);
  app.use((_req, _res, next) => next(problem('not-found')));
  app.use(answerErrors(parts.log));
  return app;
}

/** What Express would notice late or never: bad percent-encoding anywhere in the address, a body that is too large. */
const refuseMalformed: RequestHandler = (req, _res, next) => {
  if (req.url.includes('%')) {
    try {
      decodeURIComponent(req.url);
    } catch {
      return next(problem('malformed-url'));
    }
  }
  if (hasBody(req.headers) && Number(req.headers['content-length'] ?? 0) > MAX_BODY) {
    return next(problem('body-too-large'));
  }
  next();
};

/** Routes of a table, each with OPTIONS for its address and 405 for the methods that it does not have. */
export function mountRoutes(app: IRouter, bindings: readonly Binding[], identify: Identify): void {
  const methods = new Map<string, string[]>();
  for (const { route, handlers } of bindings) {
    const path = expressPath(route.path);
    app[route.method](path, nameRoute(route.path), ...handlers(identify));
    methods.set(path, [
      ...(methods.get(path) ?? []),
      ...(route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase()]),
    ]);
  }
  for (const [path, known] of methods) {
    app.all(path, nameRoute(path.replaceAll(/:(\w+)/g, '{$1}')), otherMethods(known));
  }
}

const answerErrors =
  (log: Logger): ErrorRequestHandler =>
  (error, req, res, _next) => {
    const known = problemOfError(error);
    if (!known) log.error({ err: error, method: req.method, url: req.path }, 'request failed');
    // Half an answer cannot be taken back; cutting the connection is the only way to say that it is not whole.
    if (res.headersSent) return void res.destroy();
    sendProblem(req, res, known ?? problem('internal'));
  };
