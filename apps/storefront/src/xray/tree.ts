import type { Span } from '@twinstore/contracts';
import type { SeenRequest } from '../store/requests.ts';

/** A row of a waterfall: a span with its depth, in ms since the browser asked. */
export interface Row {
  readonly span: Span;
  readonly depth: number;
  readonly offsetMs: number;
}

export interface Timeline {
  readonly rows: readonly Row[];
  /** From the browser's asking to the end of the last span. */
  readonly totalMs: number;
}

type Asked = Pick<SeenRequest, 'startMs' | 'ms'>;

/** The spans of a trace as a tree, each below its parent, on the browser's clock. */
export function timelineOf(spans: readonly Span[], asked: Asked): Timeline {
  const shift = clockShift(spans, asked);
  const rows: Row[] = [];
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentSpanId }) => (known.has(parentSpanId ?? '') ? parentSpanId : undefined));
  const add = (span: Span, depth: number) => {
    rows.push({ span, depth, offsetMs: span.startMs + shift - asked.startMs });
    for (const child of byStart(children.get(span.spanId))) add(child, depth + 1);
  };
  for (const root of byStart(children.get(undefined))) add(root, 0);
  const ends = rows.map(({ offsetMs, span }) => offsetMs + span.durationMs);
  return { rows, totalMs: Math.max(asked.ms ?? 0, ...ends, 0.1) };
}

const byStart = (spans: readonly Span[] = []) => spans.toSorted((a, b) => a.startMs - b.startMs);

/** What to add to the servers' clock. On one machine that is nothing; where the first span would lie outside of the time
 *  that the browser waited, it is put in the middle of it, as NTP would. */
function clockShift(spans: readonly Span[], { startMs, ms = 0 }: Asked): number {
  const first = byStart(spans.filter(({ kind }) => kind === 'server'))[0];
  if (!first) return 0;
  const isInside = first.startMs >= startMs - 1 && first.startMs + first.durationMs <= startMs + ms + 1;
  return isInside ? 0 : startMs + Math.max(0, ms - first.durationMs) / 2 - first.startMs;
}
