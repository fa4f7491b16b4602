import { exponential, type Random } from './random.ts';

/**
 * When sessions arrive, in ms from the start of the trial: a Poisson process, that is, shoppers who know nothing of
 * each other. `perSecond`: how many arrive in a second on average. They keep arriving at this rate however slowly the
 * store answers (open loop).
 */
export function poissonArrivals(random: Random, perSecond: number, durationMs: number): number[] {
  const arrivals: number[] = [];
  let at = exponential(random, 1000 / perSecond);
  while (at < durationMs) {
    arrivals.push(at);
    at += exponential(random, 1000 / perSecond);
  }
  return arrivals;
}
