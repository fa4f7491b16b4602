import { randomOf } from '../load/random.ts';
import type { Capacity, Trial } from '../run/model.ts';
import type { ContenderCapacity } from './model.ts';
import { estimate, median, ratio } from './statistics.ts';

/** What each contender's searches found; empty where none searched.
 *  @param seed  decides what the bootstrap draws */
export function capacities(
  seed: string,
  contenders: readonly string[],
  trials: readonly Trial[],
  baseline: string,
): ContenderCapacity[] {
  if (trials.every(({ capacity }) => capacity === undefined)) return [];
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
    const rates = (all: typeof found) => all.map((capacity) => capacity?.rate);
    return {
      contender,
      rate: of('rate'),
      answersPerSecond: of('answersPerSecond'),
      ordersPerSecond: of('ordersPerSecond'),
      ratio:
        contender === baseline ? undefined : ratio(rates(found), rates(base), randomOf(`${seed}/${contender}/ratio`)),
    };
  });
}

/** The least of the contenders' median capacities, in sessions per second; undefined where none was found. */
export function leastCapacity(contenders: readonly string[], trials: readonly Trial[]): number | undefined {
  const medians = contenders.flatMap((contender) => {
    const rates = byBlock(trials, contender).flatMap((capacity) => (capacity ? [capacity.rate] : []));
    return rates.length === 0 ? [] : [median(rates)];
  });
  return medians.length === 0 ? undefined : Math.min(...medians);
}

/** By block; undefined where a block has none that counts. */
function byBlock(trials: readonly Trial[], contender: string): (Capacity | undefined)[] {
  const hers = trials.filter((trial) => trial.contender === contender && trial.capacity);
  const blocks = Math.max(0, ...trials.map(({ block }) => block));
  return Array.from({ length: blocks }, (_, index) => {
    const trial = hers.find(({ block, status }) => block === index + 1 && status === 'ok');
    return trial?.capacity;
  });
}
