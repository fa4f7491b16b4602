import { describe, expect, it } from '@jest/globals';
import { randomOf } from '../src/load/random.ts';
import { estimate, median, ratio } from '../src/analysis/statistics.ts';

describe('the median', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('of nothing is refused', () => expect(() => median([])).toThrow(RangeError));
});

describe('an estimate', () => {
  it('has an interval around the median and within the values', () => {
    const { median: middle, low, high, min, max } = estimate([10, 12, 11, 30, 9], randomOf('estimate'));
    expect([min, middle, max]).toEqual([9, 11, 30]);
    expect(low).toBeGreaterThanOrEqual(min);
    expect(low).toBeLessThan(middle);
    expect(high).toBeGreaterThan(middle);
    expect(high).toBeLessThanOrEqual(max);
  });

  it('is narrower for more values', () => {
    const random = randomOf('values');
    const width = (count: number) => {
      const { low, high } = estimate(Array.from({ length: count }, random.next), randomOf('width'));
      return high - low;
    };
    expect(width(400)).toBeLessThan(width(12));
  });

  it('covers the true median of 19 in 20 samples or so', () => {
    const random = randomOf('coverage');
    const covers = Array.from({ length: 60 }, () => {
      const { low, high } = estimate(Array.from({ length: 15 }, random.next), random);
      return low <= 0.5 && high >= 0.5;
    });
    expect(covers.filter(Boolean).length).toBeGreaterThan(50);
  });
});

describe('a ratio', () => {
  it('compares within a block, so what slowed a whole block does not matter', () => {
    expect(ratio([20, 40, 60], [10, 20, 30], randomOf('ratio'))).toMatchObject({
      median: 2,
      low: 2,
      high: 2,
      trials: 3,
    });
  });

  it('leaves out a block that lacks either side', () => {
    expect(ratio([20, undefined, 60], [10, 20, undefined], randomOf('ratio'))).toMatchObject({ median: 2, trials: 1 });
    expect(ratio([undefined], [1], randomOf('ratio'))).toBeUndefined();
  });
});
