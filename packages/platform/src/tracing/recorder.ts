import { randomBytes } from 'node:crypto';
import type { Span, SpanKind } from '@twinstore/contracts';
import { activeSpan, prepareActiveSpan, type OpenSpan } from './active-span.ts';
import { spanStore, type SpanStore } from './span-store.ts';

type Attributes = Record<string, string | number>;

interface Recorder {
  /** `service.name` of this process. */
  readonly service: string;
  readonly store: SpanStore;
}

let recorder: Recorder | undefined;

/** Switches spans on in this process, for good. `service`: the name that they carry. */
export function keepSpans(service: string): void {
  prepareActiveSpan();
  recorder = { service, store: spanStore() };
}

export const keepsSpans = (): boolean => recorder !== undefined;

/** What this process has kept of a trace. */
export const spansOf = (traceId: string): readonly Span[] => recorder?.store.of(traceId) ?? [];

/**
 * Starts a span beneath the active one, or beneath `parent`. Undefined if spans are off, and also in work that no
 * request and no event has caused: a job that looks at a table twice a second would soon have pushed out all else.
 */
export function startSpan(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  parent: OpenSpan | undefined = activeSpan(),
): OpenSpan | undefined {
  return recorder && parent && open(recorder, name, kind, attributes, parent.traceId, parent.spanId);
}

/**
 * Starts a span beneath one of another process, or one that begins a trace. `traceparent` has to be valid. Undefined if
 * spans are off.
 */
export function joinTrace(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  traceparent: string | undefined,
): OpenSpan | undefined {
  if (!recorder) return undefined;
  const traceId = traceparent?.slice(3, 35) ?? randomBytes(16).toString('hex');
  return open(recorder, name, kind, attributes, traceId, traceparent?.slice(36, 52));
}

/** Ends a span with the work that it stands for, and answers what that answers. No span: the very same promise. */
export const endWith = <T>(span: OpenSpan | undefined, work: Promise<T>): Promise<T> =>
  span ? endAfter(span, work) : work;

async function endAfter<T>(span: OpenSpan, work: Promise<T>): Promise<T> {
  try {
    const result = await work;
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

function open(
  { service, store }: Recorder,
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  traceId: string,
  parentSpanId: string | undefined,
): OpenSpan {
  const spanId = randomBytes(8).toString('hex');
  const started = performance.now();
  let ended = false;
  const span: OpenSpan = {
    traceId,
    spanId,
    // Its last digit says that this span is kept.
    traceparent: `00-${traceId}-${spanId}-01`,
    name,
    set(attribute, value) {
      attributes[attribute] = value;
    },
    end(error) {
      if (ended) return;
      ended = true;
      store.add({
        traceId,
        spanId,
        parentSpanId,
        service,
        name: span.name,
        kind,
        startMs: performance.timeOrigin + started,
        durationMs: performance.now() - started,
        error: error === undefined ? undefined : describe(error),
        attributes,
      });
    },
  };
  return span;
}

/** What went wrong, without its message: that may quote a row, or what a shopper typed. */
function describe(error: unknown): string {
  if (typeof error === 'string') return error;
  const { constructor, code } = Object(error) as { constructor?: { name: string }; code?: unknown };
  const kind = constructor?.name ?? 'Error';
  return code === undefined ? kind : `${kind} ${String(code)}`;
}
