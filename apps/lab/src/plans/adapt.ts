import type { Phase, Plan } from './plan.ts';

/** What a run may ask of a plan beyond what the plan says. */
export interface Wishes {
  readonly blocks?: number | undefined;
  /** Sessions per second, of every fixed rate and the warm-up before it. */
  readonly rate?: number | undefined;
  /** Length of every fixed rate's measured window. */
  readonly seconds?: number | undefined;
  /** Length of every warm-up, in seconds. */
  readonly warmUpSeconds?: number | undefined;
  /** Everything is cut short. */
  readonly smoke?: boolean | undefined;
}

const SMOKE = { rate: 5, seconds: 3, warmUpSeconds: 1 } as const;

/** The plan as wished. */
export function adapted(plan: Plan, { blocks, rate, seconds, warmUpSeconds, smoke = false }: Wishes): Plan {
  const inShort = (phase: Phase): Phase => {
    if (!smoke) return phase;
    if (phase.kind === 'climb') return { ...phase, from: SMOKE.rate, factor: 2, halvings: 0, seconds: 2, mostSteps: 1 };
    return { ...phase, rate: SMOKE.rate, seconds: phase.kind === 'warm-up' ? SMOKE.warmUpSeconds : SMOKE.seconds };
  };
  const asWished = (phase: Phase): Phase => {
    const short = inShort(phase);
    if (short.kind === 'climb') return short;
    return {
      ...short,
      ...(rate !== undefined && { rate }),
      ...(seconds !== undefined && short.kind === 'fixed' && { seconds }),
      ...(warmUpSeconds !== undefined && short.kind === 'warm-up' && { seconds: warmUpSeconds }),
    };
  };
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      blocks: blocks ?? (smoke ? 1 : stage.blocks),
      phases: (found) => stage.phases(found).map(asWished),
    })),
  };
}
