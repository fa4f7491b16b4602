import type { Estimate } from '../analysis/statistics.ts';
import { interval } from '../analysis/words.ts';

/** What stands where there is no number. */
export const NONE = '–';

/** With so many decimals; a dash for what is unknown or no number. */
export const fixed = (value: number | undefined, digits: number): string =>
  value === undefined || !Number.isFinite(value) ? NONE : value.toFixed(digits);

/** `41.2 [39.0, 44.1]`; a dash where there is none. */
export const estimateText = (estimate: Estimate | undefined, digits: number): string =>
  estimate && Number.isFinite(estimate.median) ? interval(estimate, digits) : NONE;

/** `×2.44 [2.00, 2.89]`. */
export const ratioText = (ratio: Estimate | undefined): string => (ratio ? `×${estimateText(ratio, 2)}` : NONE);

/** Four digits that count: charts need no more, and files stay small. What is no number becomes null, as in JSON. */
export const rounded = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(4));

/** A rate without needless zeros: `12`, `12.5`. */
export const rateText = (rate: number): string => String(Number(rate.toPrecision(3)));

/** `2026-11-27 16:17 UTC` from an ISO time; the text itself where it is none. */
export function timeText(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 trial`, `4 trials`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
