import { metrics } from '../analysis/metrics.ts';
import type { MetricName } from '../analysis/model.ts';
import { ENOUGH_BLOCKS, type Estimate, isDifference, ratio } from '../analysis/statistics.ts';
import { randomOf, shuffled } from '../load/random.ts';
import type { Phase } from '../plans/plan.ts';
import type { PhaseResult, Trial } from '../run/model.ts';
import { type Row, type Say, verdictOf } from './row.ts';

/** One and the same, under two names. */
export const twins = ['monolith', 'monolith (again)'] as const;
export type Twin = (typeof twins)[number];

export const twinPhases: readonly Phase[] = [
  { kind: 'warm-up', rate: 12, seconds: 4 },
  { kind: 'fixed', name: 'the same', rate: 12, seconds: 8 },
];

/** Starts it afresh and plays `twinPhases`. Blocks are counted from 1; both twins of a block are asked the very same. */
export type PlayTwin = (twin: Twin, block: number) => Promise<Trial>;

const compared: readonly MetricName[] = ['p50', 'p99', 'cpuPerOrder'];

interface Found {
  readonly name: MetricName;
  /** Of the second to the first; undefined where there is nothing to compare. */
  readonly relation: Estimate | undefined;
  /** Above or below 1; 0: no difference. */
  readonly side: number;
}

interface Comparison {
  readonly found: readonly Found[];
  /** Why trials did not count. */
  readonly losses: readonly Loss[];
}

interface Loss {
  /** The trial failed; otherwise this machine was too busy to measure anything. */
  readonly isFailure: boolean;
  readonly why: string;
}

/**
 * The A/A test: what is the same must not be told apart. An interval that holds 19 times out of 20 does not hold the
 * twentieth time, and three are asked; so a difference that is named is looked for again in as many new blocks, and is
 * one only if it is there again, in the same direction.
 */
export async function sameTwice(play: PlayTwin, blocks: number, say: Say): Promise<Row[]> {
  const first = await compare(play, 1, blocks, say);
  if (first.found.every(({ side }) => side === 0)) return first.found.map((found) => rowOf(found, first.losses));
  say('  a difference was named; is it there again?');
  const again = await compare(play, blocks + 1, blocks, say);
  const losses = [...first.losses, ...again.losses];
  return first.found.map((found, index) => rowOf(found, losses, found.side === 0 ? undefined : again.found[index]));
}

async function compare(play: PlayTwin, from: number, blocks: number, say: Say): Promise<Comparison> {
  const values = new Map(twins.map((twin) => [twin, [] as (PhaseResult | undefined)[]]));
  const losses: Loss[] = [];
  const random = randomOf(`same twice/${from}`);
  for (let block = from; block < from + blocks; block += 1) {
    for (const twin of shuffled(random, twins)) {
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
  const found = compared.map((name): Found => {
    const of = (twin: Twin) => values.get(twin)!.map((phase) => phase && metrics[name].of(phase));
    const relation = ratio(of(twins[1]), of(twins[0]), random);
    return { name, relation, side: relation && isDifference(relation) ? Math.sign(relation.median - 1) : 0 };
  });
  return { found, losses };
}

function rowOf({ name, relation, side }: Found, losses: readonly Loss[], again?: Found): Row {
  const isDifferent = again ? again.side === side : side !== 0;
  const isEnough = [relation, ...(again ? [again.relation] : [])].every((one) => one && one.trials >= ENOUGH_BLOCKS);
  const repeated = again ? `; again: ${said(again.relation)}` : '';
  const row = {
    check: `A/A ${metrics[name].noun}`,
    expected: 'no difference is named',
    measured: `${said(relation)}${repeated}`,
  };
  const [lost] = losses;
  if (isEnough || !lost || losses.some(({ isFailure }) => isFailure)) {
    return { ...row, verdict: verdictOf(!isDifferent && isEnough) };
  }
  return { ...row, verdict: `skipped because too few blocks count: ${lost.why}` };
}

function said(relation: Estimate | undefined): string {
  if (!relation) return 'no block counts';
  const { median, low, high, trials } = relation;
  return `x${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${trials} blocks`;
}
