import { activeSpan, type OpenSpan } from './active-span.ts';
import { startSpan } from './recorder.ts';
import { failureOf, pathOf } from './server-span.ts';

/** A UUID within a path: in a span's name, what differs from call to call is left out. */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * One try of an HTTP call to another process. Whoever is called gets `traceparent` of this span, which is what joins
 * the two processes' spans in one tree. `peer`: what we know it by; `origin`: the instance that was picked;
 * `route`: template of `url`, if there is one. Undefined if spans are off.
 */
export function callSpan(
  peer: string,
  origin: string,
  method: string,
  url: string,
  route?: string,
  parent: OpenSpan | undefined = activeSpan(),
): OpenSpan | undefined {
  if (!parent) return undefined;
  const path = pathOf(url);
  const attributes = {
    'http.request.method': method,
    'url.path': path,
    'server.address': origin,
    'peer.service': peer,
  };
  return startSpan(`${method} ${route ?? path.replaceAll(ID, '{id}')}`, 'client', attributes, parent);
}

/** Ends the span of a call that was answered. */
export function endCall(span: OpenSpan | undefined, status: number): void {
  if (!span) return;
  span.set('http.response.status_code', status);
  span.end(failureOf(status));
}
