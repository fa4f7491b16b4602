import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Dispatcher } from 'undici';
import { problem, type Route } from '@twinstore/contracts';
import type { Instance } from '../balancer.ts';
import { TimedOut } from '../deadline.ts';
import { activeSpan, type OpenSpan } from '../tracing/active-span.ts';
import { callSpan, endCall } from '../tracing/call-span.ts';
import type { Upstream } from '../upstream.ts';
import { authorize, callerOf, type Binding } from './bind.ts';
import { rawBody } from './body.ts';
import type { Caller } from './caller.ts';
import { exchangeOf, reportedCosts } from './exchange.ts';
import { mountGet } from './methods.ts';
import { endAtShutdown } from './server.ts';

/** What of a client's request a service gets to see; everything else ends here. */
const FORWARDED = [
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'prefer',
] as const;

/** Headers that belong to one connection (RFC 9110, 7.6.1) or that this front door sets itself. */
const NOT_RETURNED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'server-timing',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-content-type-options',
  'x-request-id',
  'date',
]);

/** Longer than any service takes: `Prefer: wait=30` and the work around it. */
const TIMEOUT_MS = 35_000;
/** Longer than a service takes where nobody wants it to wait: a cancellation asks for its refund for up to 13.5 s. */
const PATIENCE_MS = 20_000;

/**
 * Binds the routes of each module to the service that has it; routes of modules that are not among `services`, and
 * those that `bound` answers already, are left out. `added`: headers that every call to a service carries.
 * `patienceMs`: after so long without an answer, a route that neither streams nor waits is answered `unavailable`.
 */
export function bindProxies(
  routes: readonly Route[],
  services: Partial<Record<Route['module'], Upstream>>,
  bound: readonly Binding[],
  added: Readonly<Record<string, string>> = {},
  patienceMs = PATIENCE_MS,
): Binding[] {
  const taken = new Set(bound.map(({ route }) => route.id));
  return routes.flatMap((route) => {
    const upstream = services[route.module];
    if (!upstream || taken.has(route.id)) return [];
    const handlers: Binding['handlers'] = (identify) => [
      authorize(route, identify),
      ...(route.method === 'get' ? [] : [rawBody]),
      forward(upstream, added, patienceMs, route),
    ];
    return [{ route, handlers }];
  });
}

/** Passes GETs of one path, which is not part of the contract's table, on to a service for anyone. */
export function proxyPath(template: string, upstream: Upstream): Router {
  const router = Router({ caseSensitive: true, strict: true });
  mountGet(
    router,
    template,
    (_req, res, next) => {
      res.locals['caller'] = NOBODY;
      next();
    },
    forward(upstream, {}, PATIENCE_MS),
  );
  return router;
}

const NOBODY: Caller = { shopper: undefined, admin: false };

/** Passes a request on to a service and its answer back, byte for byte; and, if it is one that `streams`, as it comes. */
function forward(
  upstream: Upstream,
  added: Readonly<Record<string, string>>,
  patienceMs: number,
  manner: Pick<Route, 'streams' | 'waits'> = {},
): RequestHandler {
  const streams = manner.streams === true;
  const isQuick = !streams && manner.waits !== true;
  return (req, res, next) => {
    upstream
      .headers(callerOf(res), isQuick ? patienceMs : TIMEOUT_MS)
      .then((headers) => {
        if (res.destroyed) return;
        Object.assign(headers, added);
        for (const header of FORWARDED) {
          const value = req.headers[header];
          if (typeof value === 'string') headers[header] = value;
        }
        const passage = { upstream, req, res, headers, streams, isQuick, span: activeSpan(), next, callOff: () => {} };
        limit(passage, patienceMs);
        dispatch(passage, upstream.balancer.pick(), true);
      })
      .catch(next);
  };
}

interface Passage {
  readonly upstream: Upstream;
  readonly req: Request;
  readonly res: Response;
  readonly headers: Record<string, string>;
  readonly streams: boolean;
  /** Whether nobody wants the service to take its time. */
  readonly isQuick: boolean;
  /** In which the request is answered: a second try begins in an event of the first one's connection. */
  readonly span: OpenSpan | undefined;
  readonly next: (error?: unknown) => void;
  /** Ends the try under way, which fails by `reason`; nothing where none is. */
  callOff: (reason: Error) => void;
}

/** Calls a passage off when the client has gone, or when its answer has not begun in time. */
function limit(passage: Passage, patienceMs: number): void {
  const { res, isQuick } = passage;
  // Over the wait for a connection too, which no time-out of undici's covers.
  const late = () => res.headersSent || passage.callOff(new TimedOut(`no answer within ${patienceMs} ms`));
  const timer = isQuick ? setTimeout(late, patienceMs) : undefined;
  res.once('close', () => {
    clearTimeout(timer);
    if (!res.writableFinished) passage.callOff(new Error('the client has gone'));
  });
}

/** Errors that come before anything was sent: whatever the request is, it may go to another instance. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
]);

function dispatch(passage: Passage, instance: Instance | undefined, retriable: boolean): void {
  const { upstream, req, res, headers, streams, isQuick, next } = passage;
  const { name, balancer } = upstream;
  const unavailable = problem('service-unavailable', { detail: `The ${name} service does not answer` });
  if (!instance) return next(unavailable);
  const span =
    passage.span && callSpan(name, instance.origin, req.method, req.originalUrl, exchangeOf(res)?.route, passage.span);
  if (span) headers['traceparent'] = span.traceparent;
  let answered = 0;
  const options = {
    method: req.method as 'GET',
    path: req.originalUrl,
    headers,
    body: Buffer.isBuffer(req.body) && req.body.length > 0 ? req.body : null,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  };
  let isPending = true;
  const done = (failed: boolean) => {
    if (isPending) balancer.done(instance, failed);
    isPending = false;
  };
  let isOver = false;
  const fail = (error: Error & { code?: string }) => {
    if (isOver) return;
    isOver = true;
    // If the client has gone, nobody has failed.
    done(!res.destroyed);
    span?.end(res.destroyed ? undefined : error);
    if (res.destroyed) return;
    // A stream may end anywhere: the client comes back for the rest. Half of any other answer has to be seen as that.
    if (res.headersSent) return void (streams ? res.end() : res.destroy());
    const safe = req.method === 'GET' || req.method === 'HEAD' || NEVER_SENT.has(error.code ?? '');
    const again = retriable && safe && !(error instanceof TimedOut) && balancer.mayRetry();
    if (again) dispatch(passage, balancer.pick(instance), false);
    else next(unavailable);
  };
  let connected: Dispatcher.DispatchController | undefined;
  passage.callOff = (reason) => {
    connected?.abort(reason);
    // What still waits for a connection is given up here and now; when its turn comes, it is dropped unsent.
    fail(reason);
  };
  (isQuick ? instance.pool : instance.patient).dispatch(options, {
    onRequestStart(controller) {
      connected = controller;
      if (isOver) controller.abort(new Error('nobody waits for it any more'));
    },
    onResponseStart(controller, status, received) {
      if (status < 200) return;
      answered = status;
      span?.set('http.response.status_code', status);
      res.writeHead(status, answerHeaders(res, status, received));
      res.on('drain', () => controller.resume());
      if (!streams) return;
      res.flushHeaders();
      // It is no work that others could take over: an instance with many streams is not a busy one.
      done(false);
      endAtShutdown(res, () => {
        res.end();
        controller.abort(new Error('this process closes'));
      });
    },
    onResponseData(controller, chunk) {
      if (!res.write(chunk)) controller.pause();
    },
    onResponseEnd() {
      isOver = true;
      done(false);
      endCall(span, answered);
      res.end();
    },
    onResponseError: (_controller, error) => fail(error),
  });
}

function answerHeaders(res: Response, status: number, received: Record<string, string | string[] | undefined>) {
  const headers: Record<string, string | string[]> = {};
  for (const header in received) {
    const value = received[header];
    if (value !== undefined && !NOT_RETURNED.has(header)) headers[header] = value;
  }
  const exchange = exchangeOf(res);
  if (exchange) {
    const costs = reportedCosts(received['server-timing']?.toString());
    exchange.statements += costs.statements;
    exchange.calls += costs.calls + 1;
    if (exchange.cookie !== undefined && status < 400) headers['Set-Cookie'] = exchange.cookie;
    Object.assign(headers, exchange.closingHeaders());
  }
  return headers;
}
