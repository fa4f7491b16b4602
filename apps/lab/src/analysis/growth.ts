import type { PhaseResult, Results } from '../run/model.ts';
import type { Verdict } from './model.ts';

/** A load that was sampled for less says nothing about growth. */
const LEAST_SECONDS = 120;
/** What comes before is start-up: caches and heaps fill. */
const SETTLED_SHARE = 0.25;
/** Memory that grows by less in an hour, relative to what there is, is not called growth. */
const SMALL_PER_HOUR = 0.1;

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
  const points = settled.map(({ second, rssBytes }) => ({ x: second, y: sum(Object.values(rssBytes)) }));
  const { slope, mean } = fit(points);
  const perHour = slope * 3600;
  const minutes = (seconds / 60).toFixed(0);
  const words = `Memory (RSS) of ${contender} over ${minutes} min at one rate: ${mb(mean)} MB`;
  if (seconds < LEAST_SECONDS) {
    return { outcome: 'not enough', sentence: `${words}; too short a time to tell whether it grows.` };
  }
  const grows = perHour > mean * SMALL_PER_HOUR;
  const change = `${perHour >= 0 ? '+' : ''}${mb(perHour)} MB per hour, by a straight line through its last three quarters`;
  return grows
    ? { outcome: 'difference', sentence: `${words}; it GROWS: ${change}.` }
    : { outcome: 'no difference', sentence: `${words}; it does not grow to speak of (${change}).` };
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
