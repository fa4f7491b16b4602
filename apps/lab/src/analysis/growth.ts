import type { PhaseResult, Results } from '../run/model.ts';
import type { Verdict } from './model.ts';
import { median } from './statistics.ts';

/** A load that was sampled for less says nothing about growth. */
const LEAST_SECONDS = 120;
/** What comes before is start-up: caches and heaps fill. */
const SETTLED_SHARE = 0.25;
/** Memory that grows by less in an hour, relative to what there is, is not called growth. */
const SMALL_PER_HOUR = 0.1;
/** A heap is a sawtooth: what is set against each other are medians of so many stretches of time. */
const STRETCHES = 8;
/** Of the 28 pairs of stretches, so many more have to rise than to fall: where nothing grows, chance does that in 3 % of
 *  cases (the Mann-Kendall test for n = 8, one-sided; Kendall, Rank Correlation Methods, table 1). */
const SURELY_RISING = 16;

/** Their memory is not judged: a server process of a database has those shared pages in its RSS that it has touched so far,
 *  so the sum rises by itself until each has touched all. */
const isDatabase = (process: string) => process === 'postgresql' || process === 'mongodb';

/** Of loads that went on for long and were sampled meanwhile: does memory grow? */
export function growthVerdicts({ trials }: Results): Verdict[] {
  return trials.flatMap(({ contender, block, status, phases }) => {
    const who = block > 1 ? `${contender} (block ${block})` : contender;
    return phases
      .filter(({ samples }) => status === 'ok' && samples.length > 1)
      .map((phase): Verdict => ({ topic: 'stability', ...growthOf(who, phase) }));
  });
}

function growthOf(contender: string, { samples }: PhaseResult): Omit<Verdict, 'topic'> {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const seconds = last.second - first.second;
  const settled = samples.filter(({ second }) => second >= first.second + seconds * SETTLED_SHARE);
  const points = settled.map(({ second, rssBytes }) => ({ x: second, y: sum(judged(rssBytes)) }));
  const { slope, mean } = fit(points);
  const perHour = slope * 3600;
  const minutes = (seconds / 60).toFixed(0);
  const words = `Memory (RSS, without databases) of ${contender} over ${minutes} min at one rate: ${mb(mean)} MB`;
  if (seconds < LEAST_SECONDS || settled.length < 2 * STRETCHES) {
    return { outcome: 'not enough', sentence: `${words}; too short a time to tell whether it grows.` };
  }
  const grows = perHour > mean * SMALL_PER_HOUR && rises(points.map(({ y }) => y)) >= SURELY_RISING;
  const change = `${perHour >= 0 ? '+' : ''}${mb(perHour)} MB per hour, by a straight line through its last three quarters`;
  return grows
    ? { outcome: 'difference', sentence: `${words}; it GROWS: ${change}, and from stretch to stretch.` }
    : {
        outcome: 'no difference',
        sentence: `${words}; no growth that could be told from its ups and downs (${change}).`,
      };
}

const judged = (rssBytes: Readonly<Record<string, number>>) =>
  Object.entries(rssBytes).flatMap(([process, bytes]) => (isDatabase(process) ? [] : [bytes]));

/** Pairs of stretches of which the later has more, less those of which it has less (Kendall's S). */
function rises(values: readonly number[]): number {
  const stretches = Array.from({ length: STRETCHES }, (_, index) => {
    const at = (stretch: number) => Math.round((values.length * stretch) / STRETCHES);
    return median(values.slice(at(index), at(index + 1)));
  });
  return sum(stretches.flatMap((one, index) => stretches.slice(index + 1).map((later) => Math.sign(later - one))));
}

/** Least squares. */
function fit(points: readonly { readonly x: number; readonly y: number }[]): { slope: number; mean: number } {
  const meanX = sum(points.map(({ x }) => x)) / points.length;
  const mean = sum(points.map(({ y }) => y)) / points.length;
  const spread = sum(points.map(({ x }) => (x - meanX) ** 2));
  const together = sum(points.map(({ x, y }) => (x - meanX) * (y - mean)));
  return { slope: spread === 0 ? 0 : together / spread, mean };
}

const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
