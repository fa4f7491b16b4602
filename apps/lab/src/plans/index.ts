import { compare } from './compare.ts';
import { hops } from './hops.ts';
import type { Climb, Phase, Plan } from './plan.ts';
import { quick } from './quick.ts';
import { soak } from './soak.ts';
import { styles } from './styles.ts';

export const plans: Readonly<Record<string, Plan>> = { compare, quick, styles, hops, soak };

/** To start, audit and stop one contender, beside the load; in ms. As measured on two cores. */
const OVERHEAD_MS = 15_500;
/** Most of a search is over after so many steps, tries again included. */
const USUAL_STEPS = 8;
/** The last sessions of the steps that were too much take so long to end. */
const OVERLOADED_MS = 13_000;
/** Before and after each window: sessions begin and end. */
const AROUND_MS = { 'warm-up': 1_500, fixed: 3_500, climb: 3_000 };

/** How long a run of a plan will take, in ms, as far as that can be known beforehand. */
export function expectedMs(plan: Plan, contenders: readonly string[] = plan.contenders): number {
  return plan.stages.reduce(
    (sum, { blocks, phases }) =>
      sum + blocks * contenders.length * expectedTrialMs(phases({ leastCapacity: undefined })),
    0,
  );
}

/** The same for one trial with these phases. */
export const expectedTrialMs = (phases: readonly Phase[]): number =>
  OVERHEAD_MS + phases.reduce((sum, phase) => sum + expectedPhaseMs(phase), 0);

function expectedPhaseMs(phase: Phase): number {
  const ms = phase.seconds * 1000 + AROUND_MS[phase.kind];
  if (phase.kind !== 'climb') return ms;
  const goesToTheLimit = phase.halvings > 0;
  return expectedSteps(phase) * ms + (goesToTheLimit ? OVERLOADED_MS : 0);
}

const expectedSteps = ({ mostSteps, halvings, tries }: Climb): number =>
  Math.min(USUAL_STEPS, mostSteps + halvings + (tries === 1 ? 0 : 1));
