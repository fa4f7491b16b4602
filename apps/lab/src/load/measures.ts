import { type Latencies, latencies, type LatencySummary } from './histogram.ts';
import { type RequestKind, requestKinds } from './journeys.ts';

/** A session that changed something: what an audit has to know of it. */
export interface Buyer {
  /** Its `sid` cookie, as sent. */
  readonly cookie: string;
  /** Whether it sent an order. */
  readonly hasOrdered: boolean;
  /** The order that the store acknowledged, if it did. */
  readonly orderId: string | undefined;
  /** Quantities by SKU, as put in the cart and acknowledged; undefined where an answer did not come, and so nobody can
   *  know. */
  readonly cart: Readonly<Record<string, number>> | undefined;
}

/** One second of a load, by when the answers came. Latencies in ms from the intended start; undefined without answers. */
export interface SeriesPoint {
  /** From the start of the load: 0 is the first second. */
  readonly second: number;
  readonly answered: number;
  readonly failed: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** What the generator saw. Latencies are of requests whose intended start lies in the window, and one that failed has the
 *  whole time-out for its latency; counts `in the window` are of answers that came while it was open, as CPU time is. */
export interface Measured {
  /** From the intended start to the answer. `order-accepted` is the time to accepted: to the answer of a checkout that
   *  asked for no more (202, or 201 where the outcome was known by then). `order-confirmed` is the time to confirmed: to
   *  the 201 of a checkout that waited for it; never a 202. */
  readonly byKind: Readonly<Record<RequestKind, LatencySummary>>;
  /** All kinds together, the checkouts that were not confirmed in time included, and what was not finished. */
  readonly overall: LatencySummary;
  /** What was answered, from the moment it was sent: what a load generator that waits for answers would report. */
  readonly fromSent: LatencySummary;
  /** Checkouts that asked to be accepted only, and were told the outcome all the same (201). */
  readonly acceptedWithOutcome: number;
  /** Checkouts that waited for the outcome and were answered without it (202): they have no time to confirmed. */
  readonly notConfirmedInTime: number;
  /** How often sessions had to look again, over the whole trial, until an order was not pending any more. In no latency. */
  readonly looksAgain: number;
  /** How much later than possible requests were sent, by the generator's own fault. */
  readonly lateness: LatencySummary;
  /** Requests planned to start in the window, and what became of them. */
  readonly planned: number;
  readonly answered: number;
  readonly failed: number;
  /** Neither answered nor failed: their session had ended with an error, or the trial was over. */
  readonly unfinished: number;
  /** Steps that made no sense for how the order ended, such as canceling a rejected one. */
  readonly notApplicable: number;
  /** What failed, by `kind: what`, with how often, over the whole trial. */
  readonly errors: Readonly<Record<string, number>>;
  /** Answers and orders while the window was open. */
  readonly window: {
    readonly ms: number;
    readonly answers: number;
    /** By status, rejections by reason. */
    readonly orders: Readonly<Record<string, number>>;
  };
  /** Second by second, from the start of the load to the end of the window: what came before the window included. */
  readonly series: readonly SeriesPoint[];
  /** The most sessions at a time, and connections. */
  readonly peakSessions: number;
  readonly connections: number;
}

/** Collects what happens during one trial.
 *  @param timeoutMs  what a request that failed or was not finished counts as: as long as anybody would have waited. Left
 *    out, the latencies would be those of whoever got through. */
export function startMeasuring(isInWindow: (intendedMs: number) => boolean, timeoutMs: number) {
  const { seen, series, endSecond } = bySecond();
  const kinds = Object.fromEntries(requestKinds.map((kind) => [kind, latencies()])) as Record<RequestKind, Latencies>;
  const [overall, fromSent, lateness] = [latencies(), latencies(), latencies()];
  const errors: Record<string, number> = {};
  const orders: Record<string, number> = {};
  const counts = { answered: 0, failed: 0, notApplicable: 0, answers: 0 };
  const checkouts = { acceptedWithOutcome: 0, notConfirmedInTime: 0, looksAgain: 0 };
  let openedAt: number | undefined;
  let closedAt: number | undefined;
  const isOpen = () => openedAt !== undefined && closedAt === undefined;

  return {
    openWindow: () => void (openedAt = performance.now()),
    closeWindow: () => void (closedAt = performance.now()),
    sent(intendedMs: number, lateMs: number) {
      if (isInWindow(intendedMs)) lateness.record(lateMs);
    },
    /** Times in ms from the start of the trial. */
    answered(kind: RequestKind, status: number, intendedMs: number, sentMs: number, answeredMs: number) {
      // The wheel may have sent it up to a ms early: then what counts is when it was sent.
      const latencyMs = answeredMs - Math.min(intendedMs, sentMs);
      if (isOpen()) counts.answers += 1;
      seen.latencies.push(latencyMs);
      if (!isInWindow(intendedMs)) return;
      counts.answered += 1;
      overall.record(latencyMs);
      fromSent.record(answeredMs - sentMs);
      if (kind === 'order-confirmed' && status !== 201) checkouts.notConfirmedInTime += 1;
      else kinds[kind].record(latencyMs);
      if (kind === 'order-accepted' && status === 201) checkouts.acceptedWithOutcome += 1;
    },
    lookedAgain: () => void (checkouts.looksAgain += 1),
    decided(outcome: string) {
      if (isOpen()) orders[outcome] = (orders[outcome] ?? 0) + 1;
    },
    failed(kind: RequestKind, intendedMs: number, what: string) {
      const name = `${kind}: ${what}`;
      errors[name] = (errors[name] ?? 0) + 1;
      seen.failed += 1;
      if (!isInWindow(intendedMs)) return;
      counts.failed += 1;
      overall.record(timeoutMs);
      kinds[kind].record(timeoutMs);
    },
    notApplicable(intendedMs: number) {
      if (isInWindow(intendedMs)) counts.notApplicable += 1;
    },
    result(planned: number, peakSessions: number, connections: number): Measured {
      const { answered, failed, notApplicable, answers } = counts;
      const unfinished = planned - answered - failed - notApplicable;
      for (let request = 0; request < unfinished; request += 1) overall.record(timeoutMs);
      return {
        byKind: Object.fromEntries(requestKinds.map((kind) => [kind, kinds[kind].summary()])) as Measured['byKind'],
        overall: overall.summary(),
        fromSent: fromSent.summary(),
        ...checkouts,
        lateness: lateness.summary(),
        planned,
        answered,
        failed,
        unfinished,
        notApplicable,
        errors,
        window: { ms: (closedAt ?? performance.now()) - (openedAt ?? performance.now()), answers, orders },
        series,
        peakSessions,
        connections,
      };
    },
    /** Once a second; answers what the second was like. */
    endSecond,
  };
}

/** Collects what is seen of the second that goes on. */
function bySecond() {
  const seen = { latencies: [] as number[], failed: 0 };
  const series: SeriesPoint[] = [];
  return {
    seen,
    series,
    endSecond(): SeriesPoint {
      const sorted = Float64Array.from(seen.latencies).sort();
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
      const { failed } = seen;
      const point = { second: series.length, answered: sorted.length, failed, p50: at(0.5), p99: at(0.99) };
      series.push(point);
      seen.latencies.length = 0;
      seen.failed = 0;
      return point;
    },
  };
}

export type Measuring = ReturnType<typeof startMeasuring>;
