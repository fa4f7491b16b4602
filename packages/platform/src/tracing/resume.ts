import { within, type OpenSpan } from './active-span.ts';
import { endWith, joinTrace } from './recorder.ts';

const REMEMBERED = 300;

const traces = new Map<string, string>();

/** Notes in which span this process last heard of `subject`: an order's id. */
export function rememberTrace(subject: string, { traceparent }: OpenSpan): void {
  traces.delete(subject);
  traces.set(subject, traceparent);
  if (traces.size > REMEMBERED) traces.delete(traces.keys().next().value as string);
}

/**
 * Does work that an event has asked for and left to a background job, in the trace of that event. It is kept in memory
 * alone: what another process heard of, or was heard before a restart, is done without a span. So is all work if spans
 * are off.
 */
export function resumeTrace<T>(name: string, subject: string, work: (subject: string) => Promise<T>): Promise<T> {
  const traceparent = traces.get(subject);
  const span = traceparent === undefined ? undefined : joinTrace(name, 'internal', {}, traceparent);
  return span
    ? endWith(
        span,
        within(span, () => work(subject)),
      )
    : work(subject);
}
