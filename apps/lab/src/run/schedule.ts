import { randomOf, shuffled } from '../load/random.ts';
import { expectedTrialMs } from '../plans/index.ts';
import type { Plan, Stage } from '../plans/plan.ts';
import type { Trial, TrialSpec } from './model.ts';

/** Every contender once per block, each block in an order of its own: what changes in the machine over time then hits
 *  all of them alike. `first`: number of the first trial. */
export function scheduleStage(seed: string, { name, blocks }: Stage, contenders: readonly string[], first: number) {
  const random = randomOf(`${seed}/${name}/order`);
  const specs = Array.from({ length: blocks }, (_, index) =>
    shuffled(random, contenders).map((contender) => ({ contender, stage: name, block: index + 1 })),
  );
  return specs.flat().map((spec, index): TrialSpec => ({ ...spec, number: first + index }));
}

export const countTrials = (plan: Plan, contenders: readonly string[]): number =>
  plan.stages.reduce((sum, { blocks }) => sum + blocks * contenders.length, 0);

/** How long the trials still to come will take, in ms: as long as those of their stage before, where there were any. */
export function remainingMs(
  plan: Plan,
  contenders: readonly string[],
  trials: readonly Trial[],
  took: readonly number[],
) {
  return plan.stages.reduce((sum, { name, blocks, phases }) => {
    const done = trials.flatMap(({ stage }, index) => (stage === name ? [took[index] ?? 0] : []));
    const usual =
      done.length > 0
        ? done.reduce((all, ms) => all + ms, 0) / done.length
        : expectedTrialMs(phases({ leastCapacity: undefined }));
    return sum + (blocks * contenders.length - done.length) * usual;
  }, 0);
}

/** `6 min 40 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
