import type { Span } from '@twinstore/contracts';

/** A span as a process would keep it. `at`: ms since the trace began. */
export function span(spanId: string, at: number, ms: number, rest: Partial<Span> = {}): Span {
  return {
    traceId: 't',
    spanId,
    parentSpanId: undefined,
    service: 'gateway',
    name: spanId,
    kind: 'server',
    startMs: 1000 + at,
    durationMs: ms,
    error: undefined,
    attributes: {},
    ...rest,
  };
}

export const statement = (spanId: string, parentSpanId: string, service: string): Span =>
  span(spanId, 1, 1, { parentSpanId, service, kind: 'client', attributes: { 'db.system.name': 'postgresql' } });

export const call = (spanId: string, parentSpanId: string, peer: string, service = 'gateway'): Span =>
  span(spanId, 1, 5, { parentSpanId, service, kind: 'client', attributes: { 'peer.service': peer } });
