import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { activeSpan, withoutSpan, type OpenSpan } from './tracing/active-span.ts';

/**
 * What is known of the request that is being served, for observation alone: ids for logs and onward calls, and counts
 * of what it cost. Never used to decide anything, and never to carry a transaction: those are arguments.
 */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context as it came, if it was valid; made on first use otherwise. */
  traceparent: string | undefined;
  /** SQL statements (and MongoDB commands) so far, here and in every service called. */
  statements: number;
  /** Calls to other services so far, theirs included. */
  calls: number;
  /** `performance.now()` at which the caller stops waiting. */
  readonly deadline: number | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const currentRequest = (): RequestContext | undefined => storage.getStore();

export const withRequest = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

/** Runs work that outlives the request that caused it: not billed to it, nor bound by its deadline, nor in its trace. */
export const detached = <T>(work: () => T): T => withoutSpan(() => storage.exit(work));

export function countStatement(): void {
  const request = storage.getStore();
  if (request) request.statements += 1;
}

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

export const validTraceparent = (header: unknown): string | undefined =>
  typeof header === 'string' && TRACEPARENT.test(header) ? header : undefined;

/** Headers by which another process knows of which request, and of which trace, a call is a part. `span`: the call's. */
export function contextHeaders(span: OpenSpan | undefined = activeSpan()): Record<string, string> {
  const request = storage.getStore();
  if (request)
    return { 'x-request-id': request.requestId, traceparent: span?.traceparent ?? childTraceparent(request) };
  return span ? { traceparent: span.traceparent } : {};
}

/** `traceparent` for an onward call: the same trace, a new parent id. https://www.w3.org/TR/trace-context/ */
export function childTraceparent(request: RequestContext): string {
  const flags = (request.traceparent ??= newTraceparent()).slice(-2);
  return `00-${traceIdOf(request)}-${randomBytes(8).toString('hex')}-${flags}`;
}

export const traceIdOf = (request: RequestContext): string => (request.traceparent ??= newTraceparent()).slice(3, 35);

const newTraceparent = () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
