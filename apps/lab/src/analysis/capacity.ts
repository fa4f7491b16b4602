import { randomOf } from '../load/random.ts';
import type { Capacity, Trial } from '../run/model.ts';
import type { ContenderCapacity } from './model.ts';
import { type Estimate, estimate, median, ratio } from './statistics.ts';

/** What each contender's searches found; empty where none searched.
 *  @param seed  decides what the bootstrap draws */
export function capacities(
  seed: string,
  contenders: readonly string[],
  trials: readonly Trial[],
  baseline: string,
): ContenderCapacity[] {
  if (trials.every(({ phases }) => phases.every(({ kind }) => kind !== 'step'))) return [];
  const base = byBlock(trials, baseline);
  return contenders.map((contender) => {
    const found = byBlock(trials, contender);
    const counting = found.filter((capacity) => capacity !== undefined);
    const of = (name: 'rate' | 'answersPerSecond' | 'ordersPerSecond') =>
      counting.length === 0
        ? undefined
        : estimate(
            counting.map((capacity) => capacity[name]),
            randomOf(`${seed}/${contender}/${name}`),
          );
    return {
      contender,
      rate: of('rate'),
      answersPerSecond: of('answersPerSecond'),
      ordersPerSecond: of('ordersPerSecond'),
      isAtLeast: counting.some(({ missedAt }) => missedAt === undefined),
      ratio: contender === baseline ? undefined : relation(found, base, `${seed}/${contender}/ratio`),
    };
  });
}

type ByBlock = readonly (Capacity | undefined)[];

/** The ratio of the rates that kept the objective. How far apart the steps of a search lie is in no bootstrap, so the ends
 *  of the interval are those of the least and the greatest ratio that each block allows. */
function relation(own: ByBlock, base: ByBlock, seed: string): Estimate | undefined {
  const isWhole = (capacity: Capacity | undefined) => capacity?.missedAt !== undefined;
  const whole = (all: ByBlock, other: ByBlock) =>
    all.map((capacity, block) => (isWhole(capacity) && isWhole(other[block]) ? capacity : undefined));
  const [mine, hers] = [whole(own, base), whole(base, own)];
  const kept = (all: ByBlock) => all.map((capacity) => capacity?.rate);
  const missed = (all: ByBlock) => all.map((capacity) => capacity?.missedAt);
  const found = ratio(kept(mine), kept(hers), randomOf(seed));
  const least = ratio(kept(mine), missed(hers), randomOf(seed));
  const greatest = ratio(missed(mine), kept(hers), randomOf(seed));
  if (!found || !least || !greatest) return undefined;
  return { ...found, min: least.min, low: least.low, max: greatest.max, high: greatest.high };
}

/** The least of the contenders' median capacities, in sessions per second; undefined where none was found. */
export function leastCapacity(contenders: readonly string[], trials: readonly Trial[]): number | undefined {
  const medians = contenders.flatMap((contender) => {
    const rates = byBlock(trials, contender).flatMap((capacity) => (capacity ? [capacity.rate] : []));
    return rates.length === 0 ? [] : [median(rates)];
  });
  return medians.length === 0 ? undefined : Math.min(...medians);
}

/** Undefined where a block has none that counts. */
function byBlock(trials: readonly Trial[], contender: string): ByBlock {
  const hers = trials.filter((trial) => trial.contender === contender && trial.capacity);
  const blocks = Math.max(0, ...trials.map(({ block }) => block));
  return Array.from({ length: blocks }, (_, index) => {
    const trial = hers.find(({ block, status }) => block === index + 1 && status === 'ok');
    return trial?.capacity;
  });
}
