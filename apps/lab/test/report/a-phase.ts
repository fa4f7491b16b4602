import { latencies } from '../../src/load/histogram.ts';
import { type RequestKind, requestKinds } from '../../src/load/journeys.ts';
import type { Measured, SeriesPoint } from '../../src/load/measures.ts';
import { between, type Random } from '../../src/load/random.ts';
import type { HandlerTimes } from '../../src/machine/handler-times.ts';
import type { UseSample } from '../../src/machine/resources.ts';
import type { PhaseResult } from '../../src/run/model.ts';

/** What a contender of the made-up run is like: the cost of its processes, and when it gives up. */
interface Character {
  /** CPU-ms per paid order and MB, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly memory: Readonly<Record<string, number>>;
  /** Usual latency in ms, and sessions per second that it can take. */
  readonly ms: number;
  readonly capacity: number;
}

const services = { 'product-service': 28, 'cart-service': 17, 'order-service': 19, 'payment-service': 6 };
const heaps = { 'product-service': 88, 'cart-service': 86, 'order-service': 92, 'payment-service': 84 };

export const characters: Readonly<Record<string, Character>> = {
  monolith: { cpu: { monolith: 38, postgresql: 19 }, memory: { monolith: 120, postgresql: 84 }, ms: 2.6, capacity: 62 },
  'monolith-x2': {
    cpu: { monolith: 47, postgresql: 21 },
    memory: { monolith: 310, postgresql: 109 },
    ms: 2.9,
    capacity: 55,
  },
  orchestrated: {
    cpu: { 'gateway-orchestrated': 39, ...services, postgresql: 24 },
    memory: { 'gateway-orchestrated': 96, ...heaps, postgresql: 190 },
    ms: 4.3,
    capacity: 27,
  },
  direct: {
    cpu: { 'gateway-direct': 26, ...services, postgresql: 22 },
    memory: { 'gateway-direct': 92, ...heaps, postgresql: 205 },
    ms: 3.7,
    capacity: 31,
  },
  choreographed: {
    cpu: { 'gateway-choreographed': 27, ...services, postgresql: 31, broker: 24 },
    memory: { 'gateway-choreographed': 93, ...heaps, postgresql: 210, broker: 118 },
    ms: 4.4,
    capacity: 22,
  },
};

export interface Wish {
  readonly seed?: string;
  readonly blocks?: number;
  /** How much everything costs, relative to usual. */
  readonly cost?: number;
  /** How much longer the same work takes on the machine, relative to usual. */
  readonly slowness?: number;
  /** What to add to a plan that searches capacity and then measures two rates. */
  readonly withHops?: boolean;
  readonly withSamples?: boolean;
  readonly withFailures?: boolean;
}

/** One phase at a rate: over its capacity a contender gets slow. */
export function aPhase(
  random: Random,
  contender: string,
  kind: PhaseResult['kind'],
  name: string,
  rate: number,
  seconds: number,
  { cost = 1, withHops, withSamples, withFailures }: Wish,
): PhaseResult {
  const { cpu, memory, ms, capacity } = characters[contender]!;
  const use = Math.min(0.985, rate / capacity);
  const isOver = rate > capacity;
  const typical = (ms * cost) / (1 - use * 0.9);
  const answers = Math.round(Math.min(rate, capacity * 1.05) * 7.4 * seconds);
  const lead = kind === 'fixed' ? 2 : 0;
  const paid = Math.round(answers * 0.045);
  const failed = withFailures && name === 'busy' ? Math.round(answers * 0.02) : 0;
  const jitter = 0.95 + random.next() * 0.1;
  const cpuMs = mapped(cpu, (each) => each * cost * jitter * paid);
  const contenderCpuMs = Object.values(cpuMs).reduce((all, each) => all + each, 0);
  const measured: Measured = {
    byKind: Object.fromEntries(
      requestKinds.map((each) => [each, kind === 'fixed' ? aSummary(random, typical * weights[each], 60) : nothing]),
    ) as Measured['byKind'],
    overall: aSummary(random, typical * (isOver ? 40 : 1), Math.min(answers, 400)),
    fromSent: nothing,
    acceptedWithOutcome: 3,
    notConfirmedInTime: 0,
    looksAgain: 4,
    lateness: punctual,
    planned: answers + failed,
    answered: answers,
    failed,
    unfinished: 0,
    notApplicable: 0,
    errors: failed > 0 ? { 'order-confirmed: 503': failed } : {},
    window: { ms: seconds * 1000, answers, orders: { paid, 'rejected: card-declined': 3 } },
    series: Array.from({ length: seconds + lead }, (_, second) =>
      aSecond(random, second, answers / seconds, typical, kind, failed),
    ),
    peakSessions: 60,
    connections: 40,
  };
  return {
    name,
    kind,
    rate,
    only: undefined,
    provider: undefined,
    status: failed > 0 || (isOver && kind !== 'step') ? 'overloaded' : 'ok',
    reason: isOver ? `p99 was ${measured.overall.p99.toFixed(0)} ms` : '',
    kept: kind === 'step' ? !isOver : undefined,
    planDigest: `${name} ${rate}`,
    measured,
    resources: {
      cpuMs,
      contenderCpuMs,
      outsideCpuMs: 120,
      generatorCpuMs: seconds * 210,
      generatorCoreMs: seconds * 210 + 120,
      disturbanceMs: seconds * between(random, 5, 40),
      throttledMs: {},
      throttledShare: {},
      memory: mapped(memory, (mb) => ({ rss: mb * 1.3e6 * jitter, pss: mb * 1e6 * jitter })),
      memoryBytes: Object.values(memory).reduce((all, mb) => all + mb * 1e6 * jitter, 0),
    },
    eventLoops: {},
    handlerTimes: withHops && kind === 'fixed' ? handlerTimesOf(Object.keys(cpu), answers * 1.5, typical) : {},
    samples: withSamples && name === 'busy' ? samplesOf(memory, cpuMs, seconds) : [],
  };
}

/** How much longer a kind of request takes than the usual one. */
const weights: Readonly<Record<RequestKind, number>> = {
  list: 1,
  search: 1.3,
  product: 0.7,
  'put-item': 1.2,
  cart: 0.9,
  'order-accepted': 3,
  'order-confirmed': 6,
  'get-order': 0.8,
  cancel: 2.5,
};

/** A histogram takes long to make, and not all need one of their own. */
const nothing = latencies().summary();
const punctual = { ...nothing, count: 50, mean: 0.4, p50: 0.4, p95: 1, p99: 1.2, max: 1.5 };

/** Log-normal, as latencies are. */
function aSummary(random: Random, typical: number, count: number) {
  const recorded = latencies();
  for (let n = 0; n < count; n += 1) recorded.record(typical * Math.exp(0.8 * normal(random)));
  return recorded.summary();
}

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

function aSecond(
  random: Random,
  second: number,
  rate: number,
  ms: number,
  kind: PhaseResult['kind'],
  failed: number,
): SeriesPoint {
  // The first seconds are slow: code is cold.
  const cold = kind === 'warm-up' ? 1 + 9 * Math.exp(-second / 1.5) : 1;
  const answered = second === 0 && kind === 'warm-up' ? 0 : Math.round(rate * (0.85 + random.next() * 0.3));
  return {
    second,
    answered,
    failed: failed > 0 && second > 8 && second < 14 ? Math.round(failed / 5) : 0,
    p50: answered === 0 ? undefined : ms * cold,
    p99: answered === 0 ? undefined : ms * cold * (4 + random.next() * 3),
  };
}

/** Processes are asked before the window and after it, so they tell of more than its answers. */
const handlerTimesOf = (processes: readonly string[], answers: number, ms: number): HandlerTimes =>
  Object.fromEntries(
    processes
      .filter((name) => name !== 'postgresql' && name !== 'broker')
      .map((name, index) => [
        name,
        {
          'GET /api/products/{sku}': {
            requests: Math.round(answers * (index === 0 ? 0.7 : 0.4)),
            totalMs: answers * ms * 0.5,
          },
          'POST /api/orders': {
            requests: Math.round(answers * (index === 0 ? 0.3 : 0.2)),
            totalMs: answers * ms * 0.6,
          },
        },
      ]),
  );

const samplesOf = (
  memory: Readonly<Record<string, number>>,
  cpuMs: Readonly<Record<string, number>>,
  seconds: number,
): UseSample[] =>
  Array.from({ length: 10 }, (_, index) => ({
    second: 2 + Math.round((index * seconds) / 10),
    cpuMs: mapped(cpuMs, (ms) => (ms * index) / 10),
    rssBytes: mapped(memory, (mb) => mb * 1.3e6 * (1 + index / 60)),
  }));

const mapped = <T>(record: Readonly<Record<string, number>>, of: (value: number) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
