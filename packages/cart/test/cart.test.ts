import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Cart, MAX_PRICE } from '@twinstore/contracts';
import { money } from '@twinstore/kernel';
import { priced, type Offer } from '../src/domain/cart.ts';
import { MAX_LINES, MAX_QUANTITY } from '../src/domain/lines.ts';

const offer = (sku: string, price: number, available = 5): Offer => ({
  sku,
  name: `The ${sku}`,
  price: money(price),
  available,
});

describe('a priced cart', () => {
  it('has the lines in the order first added, at the prices of the offers', () => {
    const lines = [
      { sku: 'tea', quantity: 2 },
      { sku: 'cup', quantity: 1 },
    ];
    expect(priced(lines, [offer('cup', 500, 0), offer('tea', 1999)], 7)).toEqual({
      items: [
        { sku: 'tea', name: 'The tea', unitPrice: money(1999), quantity: 2, lineTotal: money(3998), available: 5 },
        { sku: 'cup', name: 'The cup', unitPrice: money(500), quantity: 1, lineTotal: money(500), available: 0 },
      ],
      subtotal: money(4498),
      count: 3,
      version: 7,
    });
  });

  it('has no line for a product that is not offered any more', () => {
    const lines = [
      { sku: 'gone', quantity: 2 },
      { sku: 'tea', quantity: 1 },
    ];
    expect(priced(lines, [offer('tea', 100)], 3)).toMatchObject({
      items: [{ sku: 'tea' }],
      subtotal: money(100),
      count: 1,
    });
  });

  it('keeps a quantity above the stock', () => {
    const [item] = priced([{ sku: 'tea', quantity: 9 }], [offer('tea', 100, 1)], 1).items;
    expect(item).toMatchObject({ quantity: 9, available: 1 });
  });

  it('comes to nothing when there is nothing in it', () => {
    expect(priced([], [offer('tea', 100)], 4)).toEqual({ items: [], subtotal: money(0), count: 0, version: 4 });
  });

  it('is a cart of the contract that adds up, whatever is in it', () => {
    const entry = fc.record({
      quantity: fc.integer({ min: 1, max: MAX_QUANTITY }),
      price: fc.integer({ min: 0, max: MAX_PRICE }),
      offered: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: MAX_LINES }), fc.nat(), (entries, version) => {
        const lines = entries.map(({ quantity }, index) => ({ sku: `p${index}`, quantity }));
        const offers = entries.flatMap(({ price, offered }, index) => (offered ? [offer(`p${index}`, price)] : []));
        const cart = Cart.parse(priced(lines, offers.toReversed(), version));
        const offered = entries.filter((one) => one.offered);
        expect(cart.items.map((item) => item.sku)).toEqual(offers.map((one) => one.sku));
        expect(cart.subtotal.amount).toBe(offered.reduce((total, one) => total + one.price * one.quantity, 0));
        expect(cart.count).toBe(offered.reduce((total, one) => total + one.quantity, 0));
        expect(cart.version).toBe(version);
      }),
    );
  });
});
