/**
 * What X-ray shows of a request: one piece of work in one process, after OpenTelemetry's model of a span. Types alone,
 * so that a page can import this file by itself. https://opentelemetry.io/docs/specs/semconv/
 */
export interface Span {
  /** 32 hexadecimal digits, the same in every process (W3C trace context). */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Undefined where the trace begins. It may be a span that nobody kept, for instance the browser's own. */
  readonly parentSpanId: string | undefined;
  /** `service.name`: monolith, gateway, order-service and so on. */
  readonly service: string;
  /** `GET /api/cart`, `SELECT orders.orders`, `process order.placed`, `product.reserve`. */
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since the Unix epoch, with a fraction, by the clock of the process. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What went wrong, in words that hold no values. */
  readonly error: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** `server` answers a call that a `client` made, `consumer` handles a message that a `producer` sent. */
export type SpanKind = 'server' | 'client' | 'internal' | 'producer' | 'consumer';

/** All that is known of what one request caused. */
export interface Trace {
  readonly traceId: string;
  /** By the time of their start. */
  readonly spans: readonly Span[];
  /** Services that could not be asked: their spans are missing. */
  readonly silent: readonly string[];
}
