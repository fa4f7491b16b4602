import { randomOf, shuffled } from '../load/random.ts';
import type { TrialSpec } from './trial.ts';

/** Every contender once per block, each block in an order of its own: what changes in the machine over time then hits
 *  all of them alike. */
export function planTrials(seed: string, contenders: readonly string[], blocks: number): TrialSpec[] {
  const random = randomOf(`${seed}/order`);
  const specs = Array.from({ length: blocks }, (_, index) =>
    shuffled(random, contenders).map((contender) => ({ contender, block: index + 1 })),
  );
  return specs.flat().map((spec, index) => ({ ...spec, number: index + 1 }));
}

/** To start, audit and stop one contender, beside the load; in ms. As measured on two cores. */
const OVERHEAD_MS = 9_000;

/** How long the trials still to come will take, in ms: as long as those before, where there are any. */
export function remainingMs(trialMs: number, done: number, toCome: number, elapsedMs: number): number {
  return toCome * (done === 0 ? trialMs + OVERHEAD_MS : elapsedMs / done);
}

/** `6 min 40 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
