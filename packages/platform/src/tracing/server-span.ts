import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../request-context.ts';
import type { OpenSpan } from './active-span.ts';
import { joinTrace, keepsSpans } from './recorder.ts';

/** What the store does. Pages, pictures, documents, looks at a process's health and X-ray itself are none of it. */
const SHOWN = /^\/(?:api|internal)\/(?!spans\/)/;

interface ServedRequest extends RequestContext {
  /** Template of the matched route, or `none`; known by the end of the answer. */
  readonly route: string;
}

/**
 * The span in which a request is answered. It ends with the answer, which may be a stream that goes on for long.
 * Undefined if spans are off, or the request is not one to show.
 */
export function serverSpan(req: IncomingMessage, res: ServerResponse, request: ServedRequest): OpenSpan | undefined {
  if (!keepsSpans()) return undefined;
  const { method = '', url = '' } = req;
  if (!SHOWN.test(url)) return undefined;
  const attributes = { 'http.request.method': method, 'url.path': pathOf(url) };
  const span = joinTrace(method, 'server', attributes, request.traceparent);
  if (!span) return undefined;
  // The log's lines carry the same trace.
  request.traceparent ??= span.traceparent;
  res.once('close', () => {
    if (request.route === 'none') return;
    span.name = `${method} ${request.route}`;
    span.set('http.route', request.route);
    span.set('http.response.status_code', res.statusCode);
    span.end(failureOf(res.statusCode));
  });
  return span;
}

/** More than any address of ours has, and less than the 16 kB that somebody may send. */
const LONGEST_PATH = 200;

/** Without the query, in which a shopper may have typed anything. */
export function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? url;
  if (url.length <= LONGEST_PATH) return path;
  // A part of a string keeps the whole of it in memory, and a copy does not.
  return Buffer.from(path.slice(0, LONGEST_PATH)).toString();
}

/** What a status says of the side that answered. A client's mistake is not a failure of the store. */
export const failureOf = (status: number): string | undefined => (status >= 500 ? `HTTP ${status}` : undefined);
