import { metricNames, metrics } from '../analysis/metrics.ts';
import { type Estimate, estimate, median } from '../analysis/statistics.ts';
import { interval, listed } from '../analysis/words.ts';
import { randomOf, type Random } from '../load/random.ts';
import type { Results } from '../run/model.ts';
import { rateText } from './numbers.ts';
import { contendersOf, countingOf, yardsticksOf } from '../analysis/played.ts';
import { differences } from './run-differences.ts';

export { readResults } from './read-results.ts';

/** A number of both runs: one value per trial that counts. */
interface Pair {
  /** `CPU time per paid order of orchestrated`. */
  readonly what: string;
  readonly group: string;
  readonly digits: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Whether the verdict rests on it. */
  readonly isDecisive: boolean;
}

/** Sets two runs side by side: what is called the same in both, number by number.
 *  @returns agree  the intervals of CPU time per paid order overlap for every contender and rate that both have; where
 *    neither knows CPU times, those of all numbers. False where the two have nothing in common. */
export function compareReports(a: Results, b: Results): { text: string; agree: boolean } {
  const found = [...capacityPairs(a, b), ...ratePairs(a, b)];
  const hasCpu = found.some(({ isDecisive }) => isDecisive);
  const lines = [
    // Never decisive: that the machine was slower is no disagreement about who was measured on it.
    ...machinePairs(a, b).map((pair) => sentenceOf(pair, true)),
    ...found.map((pair) => sentenceOf(pair, hasCpu)),
  ];
  const decisive = lines.filter((line) => line.isDecisive);
  const apart = decisive.filter(({ overlap }) => !overlap);
  const agree = decisive.length > 0 && apart.length === 0;
  const groups = [...Map.groupBy(lines, ({ group }) => group)].map(
    ([group, own]) => `${group}\n${own.map(({ sentence }) => `  ${sentence}`).join('\n')}`,
  );
  const text = [
    `A: ${a.plan.name}, begun ${a.startedAt}, ${a.trials.length} trials\nB: ${b.plan.name}, begun ${b.startedAt}, ${b.trials.length} trials`,
    differences(a, b),
    ...groups,
    conclusion(
      decisive.length,
      apart.map(({ what }) => what),
      hasCpu,
    ),
  ];
  return { text: text.filter(Boolean).join('\n\n'), agree };
}

/** Where the machine itself was slower in one of the two, so was everybody. */
function machinePairs(a: Results, b: Results): Pair[] {
  return pairOf({
    what: 'CPU time of a fixed piece of work, in ms, before each trial',
    group: 'Speed of the machine itself',
    digits: 1,
    a: yardsticksOf(a),
    b: yardsticksOf(b),
    isDecisive: false,
  });
}

function capacityPairs(a: Results, b: Results): Pair[] {
  const values = ({ trials }: Results, contender: string) =>
    trials.flatMap((trial) =>
      trial.contender === contender && trial.status === 'ok' && trial.capacity ? [trial.capacity.rate] : [],
    );
  return both(a, b).flatMap((contender) =>
    pairOf({
      what: `Capacity of ${contender}`,
      group: 'Capacity, in sessions per second',
      digits: 1,
      a: values(a, contender),
      b: values(b, contender),
      isDecisive: false,
    }),
  );
}

function ratePairs(a: Results, b: Results): Pair[] {
  const [inA, inB] = [countingOf(a), countingOf(b)];
  const names = new Set(inA.map(({ phase }) => phase.name));
  return [...names].flatMap((name) => {
    const [ofA, ofB] = [inA, inB].map((played) => played.filter(({ phase }) => phase.name === name));
    const [rateA, rateB] = [ofA?.[0]?.phase.rate, ofB?.[0]?.phase.rate];
    if (!ofA || !ofB || rateA === undefined || rateB === undefined) return [];
    const group =
      rateA === rateB
        ? `${name}, ${rateText(rateA)} sessions/s`
        : `${name}, at DIFFERENT rates: ${rateText(rateA)} sessions/s in A and ${rateText(rateB)} in B`;
    return metricNames.flatMap((metric) =>
      both(a, b).flatMap((contender) => {
        const values = (played: typeof ofA) =>
          played.flatMap(({ trial, phase }) =>
            trial.contender === contender ? (metrics[metric].of(phase) ?? []) : [],
          );
        return pairOf({
          what: `${capitalized(metrics[metric].noun)} of ${contender}`,
          group,
          digits: metrics[metric].digits,
          a: values(ofA),
          b: values(ofB),
          isDecisive: metric === 'cpuPerOrder',
        });
      }),
    );
  });
}

const both = (a: Results, b: Results): string[] => {
  const inB = contendersOf(b);
  return contendersOf(a).filter((contender) => inB.includes(contender));
};

const pairOf = (pair: Pair): Pair[] => (pair.a.length > 0 && pair.b.length > 0 ? [pair] : []);

function sentenceOf({ what, group, digits, a, b, isDecisive }: Pair, hasCpu: boolean) {
  const [inA, inB] = [estimate(a, randomOf(`${what}/A`)), estimate(b, randomOf(`${what}/B`))];
  const overlap = inA.low <= inB.high && inB.low <= inA.high;
  const ratio = ratioOfRuns(a, b, randomOf(`${what}/ratio`));
  const relation = overlap ? 'the intervals overlap' : 'the intervals DO NOT OVERLAP';
  const times = ratio && `; B/A ${interval(ratio, 2)}`;
  return {
    what,
    group,
    overlap,
    isDecisive: isDecisive || !hasCpu,
    sentence: `${what}: ${interval(inA, digits)} and ${interval(inB, digits)}: ${relation}${times ?? ''}.`,
  };
}

const RESAMPLES = 2000;

/** The ratio of the medians of two runs. Their trials are no pairs, so each side is drawn again for itself. Undefined
 *  where A is 0. @param a  one value per trial */
export function ratioOfRuns(a: readonly number[], b: readonly number[], random: Random): Estimate | undefined {
  const base = median(a);
  if (base === 0) return undefined;
  const drawnMedian = (values: readonly number[]) =>
    median(values.map(() => values[Math.floor(random.next() * values.length)]!));
  const ratios = Array.from({ length: RESAMPLES }, () => drawnMedian(b) / drawnMedian(a)).sort((x, y) => x - y);
  return {
    median: median(b) / base,
    min: ratios[0]!,
    max: ratios.at(-1)!,
    low: ratios[Math.floor(RESAMPLES * 0.025)]!,
    high: ratios[Math.ceil(RESAMPLES * 0.975) - 1]!,
    trials: Math.min(a.length, b.length),
  };
}

function conclusion(compared: number, apart: readonly string[], hasCpu: boolean): string {
  if (compared === 0)
    return 'The two have nothing in common that could be compared: no contender at a rate of the same name.';
  const basis = hasCpu ? 'intervals of CPU time per paid order' : 'intervals of all numbers, CPU times being unknown';
  return apart.length === 0
    ? `The two runs AGREE: the ${basis} overlap in all ${compared} cases.`
    : `The two runs DO NOT AGREE: of the ${basis}, ${apart.length} of ${compared} do not overlap: ${listed(apart)}.`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
