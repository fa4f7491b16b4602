import { sum, times, type Money } from '@twinstore/kernel';
import type { CartLine } from './lines.ts';

/** What a cart has to know of a product, as of now. */
export interface Offer {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  readonly available: number;
}

export interface PricedLine {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly lineTotal: Money;
  readonly available: number;
}

/** A cart as its shopper sees it: `items` in the order first added, `count` the sum of their quantities. */
export interface PricedCart {
  readonly items: PricedLine[];
  readonly subtotal: Money;
  readonly count: number;
  readonly version: number;
}

/**
 * Prices a cart at what its products cost now, whatever they cost when they were put in. A product that is no longer
 * offered has no line. A quantity above `available` stays as it is: checkout decides.
 */
export function priced(lines: readonly CartLine[], offers: readonly Offer[], version: number): PricedCart {
  const bySku = new Map(offers.map((offer) => [offer.sku, offer]));
  const items = lines.flatMap(({ sku, quantity }) => {
    const offer = bySku.get(sku);
    return offer ? [pricedLine(offer, quantity)] : [];
  });
  return {
    items,
    subtotal: sum(items.map((item) => item.lineTotal)),
    count: items.reduce((count, item) => count + item.quantity, 0),
    version,
  };
}

const pricedLine = ({ sku, name, price, available }: Offer, quantity: number): PricedLine => ({
  sku,
  name,
  unitPrice: price,
  quantity,
  lineTotal: times(price, quantity),
  available,
});
