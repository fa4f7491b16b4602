import { poissonArrivals } from '../load/arrivals.ts';
import { type SessionPlan, type Step, TICK_MS } from '../load/journeys.ts';
import { exponential, randomOf } from '../load/random.ts';

/** What is asked for again and again. */
export const PLAIN_PATH = '/api/products/SKU-1';

/** Requests of a session, and ms between two of them on average: at 5,000 requests/s, 2,000 sessions at a time. */
const REQUESTS = 10;
const THINK_MS = { floor: 50, mean: 350 } as const;
/** From the first arrivals until as many sessions end as begin. */
export const FILL_MS = 4_000;

const step = (thinkMs: number): Step => ({ kind: 'product', method: 'GET', path: PLAIN_PATH, thinkMs });
const onGrid = (ms: number) => Math.round(ms / TICK_MS) * TICK_MS;
const session = (index: number, arrivalMs: number, steps: readonly Step[]): SessionPlan => ({
  index,
  journey: 'browse',
  arrivalMs: onGrid(arrivalMs),
  steps,
});

/** Sessions that ask for the same thing, as sessions of shoppers do: they come by chance, and take their time.
 *  `rate`: requests per second once the first have ended. */
export function plainSessions(seed: string, rate: number, durationMs: number): SessionPlan[] {
  const random = randomOf(seed);
  const think = () => onGrid(THINK_MS.floor + exponential(random, THINK_MS.mean));
  return poissonArrivals(random, rate / REQUESTS, durationMs).map((arrivalMs, index) =>
    session(
      index,
      arrivalMs,
      Array.from({ length: REQUESTS }, () => step(think())),
    ),
  );
}

/** So many sessions that go on all the time, with `thinkMs` from click to click. */
export function steadySessions(count: number, thinkMs: number, durationMs: number): SessionPlan[] {
  const steps = Array.from({ length: Math.floor(durationMs / thinkMs) }, () => step(thinkMs));
  return Array.from({ length: count }, (_, index) => session(index, (index * thinkMs) / count, steps));
}
