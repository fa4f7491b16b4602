import { useSyncExternalStore } from 'react';

/** One request of this page, as the browser saw it. */
export interface SeenRequest {
  /** W3C trace id, which the page made: the servers keep their spans under it. */
  readonly traceId: string;
  readonly method: string;
  /** Path and query on this origin. */
  readonly path: string;
  /** Unix epoch in ms. */
  readonly startMs: number;
  /** Undefined while it is on its way. */
  readonly ms: number | undefined;
  /** 0: no answer came. */
  readonly status: number | undefined;
  readonly statements: number;
  readonly calls: number;
}

const KEPT = 40;
let seen: readonly SeenRequest[] = [];
const listeners = new Set<() => void>();

function change(next: readonly SeenRequest[]): void {
  seen = next;
  for (const listener of listeners) listener();
}

/** The newest first. */
export const lastRequests = (): readonly SeenRequest[] => seen;

export function onRequests(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useRequests = (): readonly SeenRequest[] => useSyncExternalStore(onRequests, lastRequests);

export const forgetRequests = (): void => change([]);

/** Notes a request that leaves; to be told what came of it. */
export function noteRequest(request: Pick<SeenRequest, 'traceId' | 'method' | 'path'>) {
  const startMs = performance.timeOrigin + performance.now();
  const noted: SeenRequest = { ...request, startMs, ms: undefined, status: undefined, statements: 0, calls: 0 };
  change([noted, ...seen].slice(0, KEPT));
  return (status: number, serverTiming: string | null) => {
    const ms = performance.timeOrigin + performance.now() - startMs;
    const ended = { ...noted, ms, status, ...costsOf(serverTiming) };
    change(seen.map((one) => (one.traceId === noted.traceId ? ended : one)));
  };
}

/** `sql;desc="2", calls;desc="1"`: statements and calls between processes that the answer took. */
function costsOf(serverTiming: string | null): Pick<SeenRequest, 'statements' | 'calls'> {
  const [, statements, calls] = /sql;desc="(\d+)", calls;desc="(\d+)"/.exec(serverTiming ?? '') ?? [];
  return { statements: Number(statements ?? 0), calls: Number(calls ?? 0) };
}
