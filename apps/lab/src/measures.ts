import { type Latencies, latencies, type LatencySummary } from './histogram.ts';
import { type RequestKind, requestKinds } from './journeys.ts';

/** A session that went as far as to order: what an audit has to know of it. */
export interface Buyer {
  /** Its `sid` cookie, as sent. */
  readonly cookie: string;
  /** The order that the store acknowledged, if it did. */
  readonly orderId: string | undefined;
}

/** What the generator saw. Latencies are of requests whose intended start lies in the window; counts `in the window`
 *  are of answers that came while it was open, as CPU time is. */
export interface Measured {
  /** From the intended start; an `order` until its outcome was known. */
  readonly byKind: Readonly<Record<RequestKind, LatencySummary>>;
  /** All kinds together. */
  readonly overall: LatencySummary;
  /** The same requests from the moment they were sent: what a load generator that waits for answers would report. */
  readonly fromSent: LatencySummary;
  /** Until the store answered `POST /api/orders` with 201 (outcome known) or 202 (still pending); never mixed. */
  readonly accepted201: LatencySummary;
  readonly accepted202: LatencySummary;
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
  /** The most sessions at a time, and connections. */
  readonly peakSessions: number;
  readonly connections: number;
}

/** Collects what happens during one trial. */
export function startMeasuring(isInWindow: (intendedMs: number) => boolean) {
  const kinds = Object.fromEntries(requestKinds.map((kind) => [kind, latencies()])) as Record<RequestKind, Latencies>;
  const [overall, fromSent, lateness, accepted201, accepted202] = [1, 2, 3, 4, 5].map(latencies) as Five;
  const errors: Record<string, number> = {};
  const orders: Record<string, number> = {};
  const counts = { answered: 0, failed: 0, notApplicable: 0, answers: 0 };
  let openedAt: number | undefined;
  let closedAt: number | undefined;
  const isOpen = () => openedAt !== undefined && closedAt === undefined;

  return {
    openWindow: () => void (openedAt = performance.now()),
    closeWindow: () => void (closedAt = performance.now()),
    sent(intendedMs: number, lateMs: number) {
      if (isInWindow(intendedMs)) lateness.record(lateMs);
    },
    answered(kind: RequestKind, intendedMs: number, sentMs: number, nowMs: number) {
      if (isOpen()) counts.answers += 1;
      if (!isInWindow(intendedMs)) return;
      counts.answered += 1;
      kinds[kind].record(nowMs - intendedMs);
      overall.record(nowMs - intendedMs);
      fromSent.record(nowMs - sentMs);
    },
    accepted(status: number, intendedMs: number, nowMs: number) {
      if (isInWindow(intendedMs)) (status === 201 ? accepted201 : accepted202).record(nowMs - intendedMs);
    },
    decided(outcome: string) {
      if (isOpen()) orders[outcome] = (orders[outcome] ?? 0) + 1;
    },
    failed(kind: RequestKind, intendedMs: number, what: string) {
      const name = `${kind}: ${what}`;
      errors[name] = (errors[name] ?? 0) + 1;
      if (isInWindow(intendedMs)) counts.failed += 1;
    },
    notApplicable(intendedMs: number) {
      if (isInWindow(intendedMs)) counts.notApplicable += 1;
    },
    result(planned: number, peakSessions: number, connections: number): Measured {
      const { answered, failed, notApplicable, answers } = counts;
      return {
        byKind: Object.fromEntries(requestKinds.map((kind) => [kind, kinds[kind].summary()])) as Measured['byKind'],
        overall: overall.summary(),
        fromSent: fromSent.summary(),
        accepted201: accepted201.summary(),
        accepted202: accepted202.summary(),
        lateness: lateness.summary(),
        planned,
        answered,
        failed,
        unfinished: planned - answered - failed - notApplicable,
        notApplicable,
        errors,
        window: { ms: (closedAt ?? performance.now()) - (openedAt ?? performance.now()), answers, orders },
        peakSessions,
        connections,
      };
    },
  };
}

type Five = [Latencies, Latencies, Latencies, Latencies, Latencies];
export type Measuring = ReturnType<typeof startMeasuring>;
