import { type Metric, metrics } from './metrics.ts';
import { randomOf } from '../load/random.ts';
import { type Estimate, ratio } from './statistics.ts';
import type { Trial } from '../run/trial.ts';

/** The trials of one contender. */
export interface Group {
  readonly contender: string;
  readonly all: readonly Trial[];
  /** The trials that count, by block; undefined where there is none. */
  readonly counting: readonly (Trial | undefined)[];
}

const compared = [
  metrics.cpuPerOrder,
  metrics.memory,
  metrics.p50,
  metrics.p99,
  metrics.timeToAccepted,
  metrics.timeToConfirmed,
];

/** How each contender relates to the monolith, or to the first where that is not compared, in sentences.
 *  `seed`: decides what the bootstrap draws. */
export function comparisons(seed: string, groups: readonly Group[]): string[] {
  const named = (name: string) => groups.find(({ contender }) => contender === name);
  const baseline = named('monolith') ?? groups[0];
  const lines = groups.flatMap((group) => (baseline && group !== baseline ? comparison(seed, group, baseline) : []));
  const [events, calls] = [named('choreographed'), named('orchestrated')];
  // The same services and databases: what differs is whether they are told by calls or by events.
  if (events && calls && calls !== baseline && events !== baseline) lines.push(...comparison(seed, events, calls));
  if (lines.length === 0) return [];
  return [
    ...lines,
    'Each is the median of the ratios within a block, in brackets its bootstrap 95 % interval, which is rough with so few ' +
      `trials; nothing follows from ratios of fewer than ${ENOUGH_TRIALS} blocks.`,
  ];
}

/** One sentence; none where the two have no block in common. */
function comparison(seed: string, group: Group, baseline: Group): string[] {
  const parts = compared.flatMap((metric) => {
    const random = randomOf(`${seed}/${group.contender}/${metric.title}`);
    const relation = ratio(valuesByBlock(metric, group.counting), valuesByBlock(metric, baseline.counting), random);
    return relation ? [`${metric.noun} ${said(relation)}`] : [];
  });
  return parts.length === 0 ? [] : [`${group.contender} against ${baseline.contender}: ${parts.join('; ')}.`];
}

/** Too few fresh starts to tell chance from a difference. */
const ENOUGH_TRIALS = 4;

function said({ median, low, high, trials }: Estimate): string {
  if (trials < ENOUGH_TRIALS) return `x${median.toFixed(2)} (${trials} block${trials === 1 ? '' : 's'})`;
  const range = `x${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return low <= 1 && high >= 1 ? `${range}, no difference that this run could show` : range;
}

/** What each block's trial yields; undefined where there is none that counts. */
export const valuesByBlock = (metric: Metric, trials: readonly (Trial | undefined)[]) =>
  trials.map((trial) => trial && metric.of(trial));
