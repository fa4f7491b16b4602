import type { Generated, Load } from '../../src/load/generator.ts';
import { startMeasuring } from '../../src/load/measures.ts';
import type { GeneratorRig } from '../../src/selftest/generator-run.ts';
import type { NullStore } from '../../src/selftest/null-store.ts';
import type { Wrk } from '../../src/selftest/wrk.ts';

/** What a generator that only pretends to ask would have seen. */
export interface Pretense {
  /** ms of each of a hundred requests from the intended start, by its number. */
  readonly latencyMs?: (request: number) => number;
  /** The same from sending; default: the same. */
  readonly fromSentMs?: (request: number) => number;
  /** How late they left. `rate`: sessions per second that it was asked for. */
  readonly lateMs?: (rate: number) => number;
  /** CPU it spends on a request, in µs. */
  readonly micros?: number;
  /** What the server says of its own delay. */
  readonly toldMs?: number;
}

const REQUESTS = 100;

/** A rig in which nothing is sent: it tells what a real one would tell of such requests. */
export function fakeRig(pretense: Pretense = {}): GeneratorRig {
  const { latencyMs = () => 21, fromSentMs = latencyMs, lateMs = () => 1, micros = 30, toldMs = 20.5 } = pretense;
  let spentMs = 0;
  const generate = async ({ sessions, windowMs, warmUpMs, onWindow }: Load): Promise<Generated> => {
    const measuring = startMeasuring(() => true, 10_000);
    const rate = (sessions.length * 1000) / (warmUpMs + windowMs);
    const answers = sessions.reduce((sum, { steps }) => sum + steps.length, 0);
    onWindow?.();
    for (let request = 0; request < REQUESTS; request += 1) {
      const answeredMs = 10_000;
      measuring.sent(0, lateMs(rate));
      measuring.answered('product', 200, answeredMs - latencyMs(request), answeredMs - fromSentMs(request), answeredMs);
    }
    spentMs += (micros * answers) / 1000;
    onWindow?.();
    const measured = measuring.result(REQUESTS, sessions.length, 1);
    return { measured: { ...measured, window: { ms: windowMs, answers, orders: {} } }, buyers: [] };
  };
  const store: NullStore = {
    url: 'http://null.test',
    follow: async () => ({ delay: { count: REQUESTS, p50: toldMs, p99: toldMs } }),
    stop: async () => {},
  };
  return { generate, cpuMs: () => spentMs, store };
}

export const wrkOf = (micros: number): Wrk => ({
  run: async () => ({ requestsPerSecond: 5_000, microsPerRequest: micros }),
});

export const { signal } = new AbortController();
export const silent = () => {};
