import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../request-context.ts';
import { validTraceparent, withRequest } from '../request-context.ts';
import type { HttpMetrics } from '../metrics.ts';
import type { Logger } from '../log.ts';
import { within } from '../tracing/active-span.ts';
import { serverSpan } from '../tracing/server-span.ts';

/** One request with its answer: what is measured, and the headers that every answer ends with. */
export interface Exchange extends RequestContext {
  /** Template of the matched route, for metrics: never a raw path. */
  route: string;
  /** A cookie to set if the answer is a success. */
  cookie: string | undefined;
  closingHeaders(): Record<string, string>;
}

const exchanges = Symbol('exchange');

export const exchangeOf = (res: ServerResponse): Exchange | undefined =>
  (res as ServerResponse & { [exchanges]?: Exchange })[exchanges];

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

interface Observers {
  readonly metrics: HttpMetrics;
  readonly log: Logger;
  /** Whether the caller may bound our time by `X-Timeout-Ms`: our own processes may, the public may not. */
  readonly trustsDeadline: boolean;
}

/** First of all middleware: gives the request its identity and sees to it that it is measured. */
export function observe({ metrics, log, trustsDeadline }: Observers) {
  return (req: IncomingMessage, res: ServerResponse, next: () => void): void => {
    const started = performance.now();
    const { headers } = req;
    const given = headers['x-request-id'];
    const exchange: Exchange = {
      requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
      traceparent: validTraceparent(headers['traceparent']),
      statements: 0,
      calls: 0,
      deadline: trustsDeadline ? deadlineFrom(headers['x-timeout-ms'], started) : undefined,
      route: 'none',
      cookie: undefined,
      closingHeaders() {
        const taken = (performance.now() - started).toFixed(1);
        return {
          'X-Request-Id': this.requestId,
          'X-Content-Type-Options': 'nosniff',
          'Server-Timing': `total;dur=${taken}, sql;desc="${this.statements}", calls;desc="${this.calls}"`,
        };
      },
    };
    (res as ServerResponse & { [exchanges]?: Exchange })[exchanges] = exchange;
    res.once('finish', () => {
      const seconds = (performance.now() - started) / 1000;
      metrics.observe(req.method ?? '', exchange.route, res.statusCode, seconds);
      if (log.isLevelEnabled('debug')) {
        log.debug(
          { method: req.method, route: exchange.route, status: res.statusCode, ms: seconds * 1000 },
          'answered',
        );
      }
    });
    const span = serverSpan(req, res, exchange);
    if (span) within(span, () => withRequest(exchange, next));
    else withRequest(exchange, next);
  };
}

/** Middleware that tells metrics which route this is. */
export const nameRoute =
  (template: string) =>
  (_req: IncomingMessage, res: ServerResponse, next: () => void): void => {
    const exchange = exchangeOf(res);
    if (exchange) exchange.route = template;
    next();
  };

function deadlineFrom(header: unknown, started: number): number | undefined {
  const left = Number(header);
  return Number.isFinite(left) && left > 0 ? started + left : undefined;
}

/** Counts that a called service reported in its `Server-Timing`, for example `sql;desc="2", calls;desc="1"`. */
export function reportedCosts(serverTiming: string | undefined): { statements: number; calls: number } {
  const costs = /sql;desc="(\d+)", calls;desc="(\d+)"/.exec(serverTiming ?? '');
  return { statements: Number(costs?.[1] ?? 0), calls: Number(costs?.[2] ?? 0) };
}
