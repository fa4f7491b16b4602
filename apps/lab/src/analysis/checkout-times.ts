import type { LatencySummary } from '../load/histogram.ts';
import type { RequestKind } from '../load/journeys.ts';
import type { Measured } from '../load/measures.ts';
import { randomOf } from '../load/random.ts';
import { type Estimate, estimate } from './statistics.ts';
import type { Trial } from '../run/trial.ts';

/** How long a contender's checkouts took, over the trials that count: to a promise and to an outcome, which are two things.
 *  All from the intended start, in ms. */
export interface CheckoutTimes {
  readonly contender: string;
  /** Of the checkouts that asked to be accepted only; undefined where there was none. */
  readonly timeToAccepted: Quantiles | undefined;
  /** Of the checkouts that waited for the outcome and got it. */
  readonly timeToConfirmed: Quantiles | undefined;
  readonly counts: {
    readonly accepted: number;
    /** Of these, answered with the outcome (201). */
    readonly acceptedWithOutcome: number;
    readonly confirmed: number;
    /** Waited for the outcome in vain (202), and so in no time to confirmed. */
    readonly notConfirmedInTime: number;
    /** Readings of pending orders, beyond those that every contender was asked for. */
    readonly looksAgain: number;
  };
}

/** Medians over trials of a quantile of each trial, with their bootstrap 95 % intervals. */
export interface Quantiles {
  readonly p50: Estimate;
  readonly p95: Estimate;
}

/** @param trials  of all contenders; those that are not `ok` count nothing. `seed`: decides what the bootstrap draws */
export function checkoutTimes(
  contenders: readonly string[],
  trials: readonly Trial[],
  seed: string,
): readonly CheckoutTimes[] {
  return contenders.map((contender) => {
    const measured = trials.flatMap((trial) =>
      trial.contender === contender && trial.status === 'ok' && trial.measured ? [trial.measured] : [],
    );
    const quantiles = (kind: RequestKind): Quantiles | undefined => {
      const seen = measured.map(({ byKind }) => byKind[kind]).filter(({ count }) => count > 0);
      const of = (quantile: 'p50' | 'p95') =>
        estimate(seen.map(valueOf(quantile)), randomOf(`${seed}/${contender}/${kind}/${quantile}`));
      return seen.length === 0 ? undefined : { p50: of('p50'), p95: of('p95') };
    };
    const total = (of: (one: Measured) => number) => measured.reduce((sum, one) => sum + of(one), 0);
    return {
      contender,
      timeToAccepted: quantiles('order-accepted'),
      timeToConfirmed: quantiles('order-confirmed'),
      counts: {
        accepted: total(({ byKind }) => byKind['order-accepted'].count),
        acceptedWithOutcome: total(({ acceptedWithOutcome }) => acceptedWithOutcome),
        confirmed: total(({ byKind }) => byKind['order-confirmed'].count),
        notConfirmedInTime: total(({ notConfirmedInTime }) => notConfirmedInTime),
        looksAgain: total(({ looksAgain }) => looksAgain),
      },
    };
  });
}

const valueOf = (quantile: 'p50' | 'p95') => (summary: LatencySummary) => summary[quantile];

/** Rows for a table, its head first. */
export function checkoutRows(times: readonly CheckoutTimes[]): string[][] {
  const head = [
    'contender',
    'time to accepted p50',
    'time to accepted p95',
    'time to confirmed p50',
    'time to confirmed p95',
    'not confirmed in time',
  ];
  const rows = times.map(({ contender, timeToAccepted, timeToConfirmed, counts }) => [
    contender,
    ...[timeToAccepted, timeToConfirmed].flatMap((quantiles) => [shown(quantiles?.p50), shown(quantiles?.p95)]),
    `${counts.notConfirmedInTime} of ${counts.confirmed + counts.notConfirmedInTime}`,
  ]);
  return [head, ...rows];
}

function shown(estimated: Estimate | undefined): string {
  if (!estimated) return '-';
  const { median, low, high, trials } = estimated;
  return trials > 1 ? `${median.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]` : median.toFixed(1);
}

/** What a reader of these times has to know. */
export function checkoutReserves(times: readonly CheckoutTimes[]): string[] {
  return times.flatMap(({ contender, counts }) => {
    const { accepted, acceptedWithOutcome, notConfirmedInTime, looksAgain } = counts;
    const lines: string[] = [];
    if (notConfirmedInTime > 0) {
      lines.push(
        `${contender} left ${notConfirmedInTime} checkouts unconfirmed for as long as it lets a shopper wait: they are in no ` +
          'time to confirmed, which would be longer with them.',
      );
    }
    if (acceptedWithOutcome > 0) {
      lines.push(
        `${contender} answered ${acceptedWithOutcome} of ${accepted} checkouts that asked to be accepted with their outcome (201).`,
      );
    }
    if (looksAgain > 0) {
      lines.push(
        `${contender} was asked ${looksAgain} times more than planned whether an order was still pending; that is in its ` +
          'CPU time, and in no latency.',
      );
    }
    return lines;
  });
}
