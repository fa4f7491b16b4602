import { type Estimate, ENOUGH_BLOCKS, isDifference } from './statistics.ts';
import type { Verdict } from './model.ts';

/** `2.44 [2.00, 2.89]`: a median with its bootstrap 95 % interval. */
export const interval = ({ median, low, high, trials }: Estimate, digits: number): string =>
  trials > 1 ? `${median.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]` : median.toFixed(digits);

export const outcomeOf = (ratio: Estimate): Verdict['outcome'] =>
  ratio.trials < ENOUGH_BLOCKS ? 'not enough' : isDifference(ratio) ? 'difference' : 'no difference';

/** What follows from a ratio, as the end of a sentence. */
export function consequence(ratio: Estimate): string {
  switch (outcomeOf(ratio)) {
    case 'not enough':
      return `, of ${ratio.trials} block${ratio.trials === 1 ? '' : 's'} only: nothing follows from it`;
    case 'no difference':
      return ': no difference that this run could show';
    default:
      return '';
  }
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
