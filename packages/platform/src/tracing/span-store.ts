import type { Span } from '@twinstore/contracts';

export interface SpanStore {
  add(span: Span): void;
  /** The spans of one trace, in the order in which they ended; none if it is unknown or had to make room. */
  of(traceId: string): readonly Span[];
}

/** How much is kept at most. */
export interface Bounds {
  readonly spans: number;
  readonly traces: number;
  /** Whoever sends all requests under one trace id must not push out everybody else's. */
  readonly spansPerTrace: number;
}

// Some 2 MB, 3 at most: what is kept of an address is cut (`pathOf`). A checkout has about 30 spans in a process.
const BOUNDS: Bounds = { spans: 5000, traces: 300, spansPerTrace: 500 };

/** Spans in memory, by trace. When there are too many, the traces that began first make room. */
export function spanStore(bounds: Bounds = BOUNDS): SpanStore {
  const traces = new Map<string, Span[]>();
  let count = 0;

  function dropOldest(): void {
    const [oldest] = traces;
    if (!oldest) return;
    const [traceId, spans] = oldest;
    traces.delete(traceId);
    count -= spans.length;
  }

  return {
    add(span) {
      const known = traces.get(span.traceId);
      if (known && known.length >= bounds.spansPerTrace) return;
      if (known) known.push(span);
      else traces.set(span.traceId, [span]);
      count += 1;
      while (count > bounds.spans || traces.size > bounds.traces) dropOldest();
    },
    of: (traceId) => traces.get(traceId) ?? [],
  };
}
