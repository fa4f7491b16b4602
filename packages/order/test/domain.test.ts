import { describe, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import fc from 'fast-check';
import { priceLines } from '../src/domain/order.ts';

const quote = (sku: string, amount: number) => ({ sku, name: sku.toUpperCase(), price: money(amount), available: 1 });

describe('pricing an order', () => {
  it('multiplies and adds up at the prices of now, in the order of the cart', () => {
    const priced = priceLines(
      [
        { sku: 'b', quantity: 3 },
        { sku: 'a', quantity: 1 },
      ],
      [quote('a', 5), quote('b', 1999)],
      undefined,
    );
    expect(priced).toMatchObject({ ok: true, value: { total: money(6002) } });
    expect(priced.ok && priced.value.lines.map(({ sku, lineTotal }) => [sku, lineTotal.amount])).toEqual([
      ['b', 5997],
      ['a', 5],
    ]);
  });

  it('leaves out what is no longer sold, and finds nothing to buy if that was all', () => {
    const gone = [{ sku: 'gone', quantity: 2 }];
    expect(priceLines(gone, [], undefined)).toEqual({ ok: false, error: { code: 'cart-empty' } });
    expect(priceLines([...gone, { sku: 'a', quantity: 1 }], [quote('a', 7)], undefined)).toMatchObject({
      ok: true,
      value: { total: money(7) },
    });
  });

  it('refuses a total that the shopper did not see, and says what it is now', () => {
    const refused = priceLines([{ sku: 'a', quantity: 2 }], [quote('a', 10)], money(19));
    expect(refused).toEqual({ ok: false, error: { code: 'price-changed', total: money(20) } });
  });

  it('always has a total that its lines add up to', () => {
    const line = fc.record({
      sku: fc.stringMatching(/^[a-z]{1,8}$/),
      quantity: fc.integer({ min: 1, max: 99 }),
      amount: fc.integer({ min: 0, max: 100_000_000 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ({ sku }) => sku, minLength: 1, maxLength: 200 }), (lines) => {
        const priced = priceLines(
          lines,
          lines.map(({ sku, amount }) => quote(sku, amount)),
          undefined,
        );
        if (!priced.ok) throw new Error('refused');
        const added = priced.value.lines.reduce((total, { lineTotal }) => total + lineTotal.amount, 0);
        expect(priced.value.total).toEqual(money(added));
      }),
    );
  });
});
