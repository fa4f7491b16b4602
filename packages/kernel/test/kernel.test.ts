import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isId, money, sameMoney, sum, times } from '../src/index.ts';

describe('money', () => {
  it('adds up to zero when there is nothing to add', () => {
    expect(sum([])).toEqual({ amount: 0, currency: 'USD' });
  });

  it('adds n times the same price as it multiplies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), fc.integer({ min: 1, max: 99 }), (amount, n) => {
        const price = money(amount);
        expect(sum(Array.from({ length: n }, () => price))).toEqual(times(price, n));
      }),
    );
  });

  it('refuses what is not a whole number of minor units', () => {
    expect(() => money(19.99)).toThrow(RangeError);
    expect(() => money(Number.NaN)).toThrow(RangeError);
  });

  it('tells equal amounts from unequal ones', () => {
    expect(sameMoney(money(5), money(5))).toBe(true);
    expect(sameMoney(money(5), money(6))).toBe(false);
  });
});

describe('ids', () => {
  it('are told from other texts and other UUIDs', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(isId(id)).toBe(true);
    for (const text of ['', 'x', crypto.randomUUID(), id.toUpperCase(), `${id} `, id.replaceAll('-', '')]) {
      expect(isId(text)).toBe(false);
    }
  });
});
