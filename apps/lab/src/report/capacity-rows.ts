import type { Analysis } from '../analysis/model.ts';
import { estimateText, ratioText } from './numbers.ts';

/** Cells of a table with the capacity of each contender; none where no capacity was found. */
export function capacityRows({ capacities }: Analysis): string[][] {
  if (capacities.every(({ rate }) => !rate)) return [];
  return capacities.map(({ contender, rate, answersPerSecond, ordersPerSecond, isAtLeast, ratio }) => [
    contender,
    `${isAtLeast ? '≥ ' : ''}${estimateText(rate, 1)}`,
    estimateText(answersPerSecond, 0),
    estimateText(ordersPerSecond, 1),
    ratioText(ratio),
  ]);
}
