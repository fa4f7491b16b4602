import { describe, expect, it } from '@jest/globals';
import { shownMoney } from '../src/parts/format.ts';

describe('an amount of money', () => {
  it('is shown as the browser’s own formatter would', () => {
    const formatter = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
    const amounts = [0, 1, 10, 99, 100, 1999, 99_999, 100_000, 123_456, 99_999_999, 100_000_000, 123_456_789_012];
    for (const amount of amounts) expect(shownMoney({ amount })).toBe(formatter.format(amount / 100));
  });
});
