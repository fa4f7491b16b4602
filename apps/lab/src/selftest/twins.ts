import { metrics } from '../analysis/metrics.ts';
import type { MetricName } from '../analysis/model.ts';
import { type Estimate, isDifference, ratio } from '../analysis/statistics.ts';
import { randomOf, shuffled } from '../load/random.ts';
import type { Phase } from '../plans/plan.ts';
import type { PhaseResult, Trial } from '../run/model.ts';
import type { Say } from './row.ts';

/** Two monoliths: one and the same under two names, or with a handicap made on purpose. */
export const twins = ['monolith', 'monolith (again)'] as const;
export const handicapped = ['monolith', 'monolith (slower)'] as const;
export type Twin = (typeof twins)[number] | (typeof handicapped)[number];

export const twinPhases: readonly Phase[] = [
  { kind: 'warm-up', rate: 12, seconds: 4 },
  { kind: 'fixed', name: 'the same', rate: 12, seconds: 8 },
];

/** Starts it afresh and plays `twinPhases`. Blocks are counted from 1; both twins of a block are asked the very same. */
export type PlayTwin = (twin: Twin, block: number) => Promise<Trial>;

export interface Found {
  readonly name: MetricName;
  /** Of the second to the first; undefined where there is nothing to compare. */
  readonly relation: Estimate | undefined;
  /** Above or below 1; 0: no difference. */
  readonly side: number;
}

export interface Comparison {
  readonly found: readonly Found[];
  /** Why trials did not count. */
  readonly losses: readonly Loss[];
}

export interface Loss {
  /** The trial failed; otherwise this machine was too busy to measure anything. */
  readonly isFailure: boolean;
  readonly why: string;
}

/** Compares two as contenders are compared, in blocks from `from` on. */
export async function compareTwins(
  play: PlayTwin,
  [first, second]: readonly [Twin, Twin],
  names: readonly MetricName[],
  { from, blocks }: { readonly from: number; readonly blocks: number },
  say: Say,
): Promise<Comparison> {
  const values = new Map<Twin, (PhaseResult | undefined)[]>([
    [first, []],
    [second, []],
  ]);
  const losses: Loss[] = [];
  const random = randomOf(`${second}/${from}`);
  for (let block = from; block < from + blocks; block += 1) {
    for (const twin of shuffled(random, [first, second])) {
      const trial = await play(twin, block);
      const phase = trial.phases.find(({ kind }) => kind === 'fixed');
      const isFailure = trial.status === 'failed' || !phase;
      const counts = !isFailure && phase.status === 'ok';
      const why = isFailure ? trial.reason : phase.reason;
      values.get(twin)!.push(counts ? phase : undefined);
      if (!counts) losses.push({ isFailure, why });
      say(`  block ${block}, ${twin}: ${counts ? `p50 ${phase.measured.overall.p50.toFixed(1)} ms` : why}`);
    }
  }
  const found = names.map((name): Found => {
    const of = (twin: Twin) => values.get(twin)!.map((phase) => phase && metrics[name].of(phase));
    const relation = ratio(of(second), of(first), random);
    return { name, relation, side: relation && isDifference(relation) ? Math.sign(relation.median - 1) : 0 };
  });
  return { found, losses };
}

/** Why a comparison proves nothing here, where nobody but this machine is to blame; undefined: it proves something. */
export function tooBusy(losses: readonly Loss[]): string | undefined {
  const [lost] = losses;
  return lost && losses.every(({ isFailure }) => !isFailure) ? `too few blocks count: ${lost.why}` : undefined;
}

export function relationText(relation: Estimate | undefined): string {
  if (!relation) return 'no block counts';
  const { median, low, high, trials } = relation;
  return `x${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${trials} blocks`;
}
