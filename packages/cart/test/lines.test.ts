import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  cartLine,
  MAX_LINES,
  MAX_QUANTITY,
  merged,
  subtract,
  withLine,
  withoutLine,
  type CartLine,
} from '../src/domain/lines.ts';

const quantity = fc.integer({ min: 1, max: MAX_QUANTITY });
const sku = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const lines = fc.uniqueArray(fc.record({ sku, quantity }), { selector: (line) => line.sku });
const bought = fc.array(fc.record({ sku, quantity }), { maxLength: 5 });
const quantityOf = (all: readonly CartLine[], one: string) =>
  all.filter((line) => line.sku === one).reduce((total, line) => total + line.quantity, 0);
const skusOf = (all: readonly CartLine[]) => all.map((line) => line.sku);

describe('the lines of a cart', () => {
  it('take a new product at their end', () => {
    const cart = [{ sku: 'a', quantity: 1 }];
    expect(withLine(cart, { sku: 'b', quantity: 2 })).toEqual({
      ok: true,
      value: [
        { sku: 'a', quantity: 1 },
        { sku: 'b', quantity: 2 },
      ],
    });
  });

  it('keep their order when a quantity changes', () => {
    fc.assert(
      fc.property(lines, quantity, (cart, wanted) => {
        fc.pre(cart.length > 0);
        const first = cart[0] as CartLine;
        const changed = withLine(cart, { sku: first.sku, quantity: wanted });
        expect(changed).toEqual({ ok: true, value: [{ sku: first.sku, quantity: wanted }, ...cart.slice(1)] });
      }),
    );
  });

  it.each([0, -1, 1.5, MAX_QUANTITY + 1, Number.NaN])('never hold %p units', (wrong) => {
    expect(() => cartLine('a', wrong)).toThrow(RangeError);
  });

  it('refuse a product too many, but still change those they hold', () => {
    const full = Array.from({ length: MAX_LINES }, (_, index) => ({ sku: `p${index}`, quantity: 1 }));
    expect(withLine(full, { sku: 'one-more', quantity: 1 })).toEqual({ ok: false, error: { code: 'cart-full' } });
    expect(withLine(full, { sku: 'p7', quantity: 5 })).toMatchObject({ ok: true });
  });

  it('lose exactly the removed product', () => {
    fc.assert(
      fc.property(lines, sku, (cart, gone) => {
        expect(withoutLine(cart, gone)).toEqual(cart.filter((line) => line.sku !== gone));
      }),
    );
  });

  it('lose what was bought and never more, in the order they were in', () => {
    fc.assert(
      fc.property(lines, bought, (cart, paid) => {
        const left = subtract(cart, paid);
        for (const { sku: one, quantity: had } of cart) {
          expect(quantityOf(left, one)).toBe(Math.max(0, had - quantityOf(paid, one)));
        }
        expect(left.every((line) => line.quantity > 0)).toBe(true);
        const remaining = new Set(skusOf(left));
        expect(skusOf(left)).toEqual(skusOf(cart).filter((one) => remaining.has(one)));
      }),
    );
  });

  it('are one per product when merged, with nothing lost', () => {
    fc.assert(
      fc.property(bought, (paid) => {
        const one = merged(paid);
        expect(new Set(skusOf(one)).size).toBe(one.length);
        for (const line of one) expect(line.quantity).toBe(quantityOf(paid, line.sku));
        expect(new Set(skusOf(one))).toEqual(new Set(skusOf(paid)));
      }),
    );
  });
});
