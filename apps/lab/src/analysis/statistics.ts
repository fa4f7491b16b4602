import type { Random } from '../load/random.ts';

/** A median over trials with what is known of its precision. */
export interface Estimate {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Bootstrap 95 % interval of the median. */
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

const RESAMPLES = 2000;

/** The middle value; between the two in the middle for an even count. @throws RangeError for none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of one value per trial, and its percentile-bootstrap 95 % interval: trials are drawn again, with
 *  replacement, and the median is taken each time. With few trials it is hardly narrower than from min to max. */
export function estimate(values: readonly number[], random: Random): Estimate {
  const resampled = Array.from({ length: RESAMPLES }, () => median(values.map(() => drawn(values, random))));
  resampled.sort((a, b) => a - b);
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    low: resampled[Math.floor(RESAMPLES * 0.025)]!,
    high: resampled[Math.ceil(RESAMPLES * 0.975) - 1]!,
    trials: values.length,
  };
}

/** How `values` relates to `baseline`, trial by trial: both sides of a pair come from the same block, so what slowed
 *  the machine for a while slowed both. Blocks that lack either side (undefined) count for neither. */
export function ratio(
  values: readonly (number | undefined)[],
  baseline: readonly (number | undefined)[],
  random: Random,
): Estimate | undefined {
  const ratios = values.flatMap((value, block) => {
    const base = baseline[block];
    return value === undefined || base === undefined || base === 0 ? [] : [value / base];
  });
  return ratios.length === 0 ? undefined : estimate(ratios, random);
}

/** Fewer fresh starts than this cannot tell chance from a difference. */
export const ENOUGH_BLOCKS = 4;
/** A difference smaller than this is not named, however narrow its interval: the rig itself is not truer than that. */
export const SMALLEST_DIFFERENCE = 0.03;

/** Whether a ratio may be called a difference. */
export const isDifference = ({ median, low, high, trials }: Estimate): boolean =>
  trials >= ENOUGH_BLOCKS && (low > 1 || high < 1) && Math.abs(median - 1) >= SMALLEST_DIFFERENCE;

const drawn = (values: readonly number[], random: Random) => values[Math.floor(random.next() * values.length)]!;
