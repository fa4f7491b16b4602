import type { Sample } from './metrics-text.ts';

/** What one process says of the requests that it answered in a window. */
export interface HandlerTime {
  readonly requests: number;
  /** From the first byte of a request to the last of its answer, calls to other processes included; ms in all. */
  readonly totalMs: number;
}

/** By method and route template, such as `GET /api/products/{sku}`. */
type Routes = Readonly<Record<string, HandlerTime>>;

/** By process, then by method and route template. */
export type HandlerTimes = Readonly<Record<string, Routes>>;

/** What whoever watches asks for, and no shopper. */
const besides = new Set(['/metrics', '/livez', '/readyz']);

/** Since the process began, whatever the answer's status. */
export function handlerTimesOf(page: readonly Sample[]): Routes {
  return sumOf(
    page.flatMap(({ name, labels, value }) => {
      const { method = '', route = '' } = labels;
      if (besides.has(route)) return [];
      const key = `${method} ${route}`;
      if (name === 'http_request_duration_seconds_count') return [{ [key]: { requests: value, totalMs: 0 } }];
      if (name === 'http_request_duration_seconds_sum') return [{ [key]: { requests: 0, totalMs: value * 1000 } }];
      return [];
    }),
  );
}

/** What came to be between two readings of one process; undefined where it is not the same process anymore. Routes that
 *  answered nothing in between are absent. */
export function since(before: Routes, after: Routes): Routes | undefined {
  const nothing = { requests: 0, totalMs: 0 };
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])].map((route) => {
    const [then, now] = [before[route] ?? nothing, after[route] ?? nothing];
    return [route, { requests: now.requests - then.requests, totalMs: now.totalMs - then.totalMs }] as const;
  });
  // A counter never falls, unless it began anew.
  if (changes.some(([, { requests }]) => requests < 0)) return undefined;
  return Object.fromEntries(changes.filter(([, { requests }]) => requests > 0));
}

/** Adds up what several say of the same routes. */
export function sumOf(all: readonly Routes[]): Routes {
  const total: Record<string, HandlerTime> = {};
  for (const [route, { requests, totalMs }] of all.flatMap((routes) => Object.entries(routes))) {
    const { requests: r, totalMs: t } = total[route] ?? { requests: 0, totalMs: 0 };
    total[route] = { requests: r + requests, totalMs: t + totalMs };
  }
  return total;
}
