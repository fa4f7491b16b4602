import { AsyncLocalStorage } from 'node:async_hooks';

/** A span under way. It is kept when it ends, and not before. */
export interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** W3C trace context for whoever is called or told from within it. https://www.w3.org/TR/trace-context/ */
  readonly traceparent: string;
  /** May be mended until it ends: the route of a request is known late. */
  name: string;
  set(attribute: string, value: string | number): void;
  /** The first call counts. `error`: what went wrong, if anything did. */
  end(error?: unknown): void;
}

// Made when spans are switched on. Until then, whoever asks for the active span pays for one look at `undefined`.
let storage: AsyncLocalStorage<OpenSpan> | undefined;

export function prepareActiveSpan(): void {
  storage ??= new AsyncLocalStorage();
}

/** The span in which this work is done: the parent of whatever it starts. Undefined if spans are off. */
export const activeSpan = (): OpenSpan | undefined => storage?.getStore();

export const within = <T>(span: OpenSpan, work: () => T): T => (storage ? storage.run(span, work) : work());

export const withoutSpan = <T>(work: () => T): T => (storage ? storage.exit(work) : work());
