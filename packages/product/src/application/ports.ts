import type { Money, Result } from '@twinstore/kernel';

/** What other modules get to know of a product: what it is called, costs and how much of it is left, as of now. */
export interface Quote {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
  /** Units that can still be promised to a shopper. */
  readonly available: number;
}

export interface Quotes {
  /** Quotes for all of these at once, in no particular order; what is not in the catalog is left out. */
  quote(skus: readonly string[]): Promise<readonly Quote[]>;
}

/** So many units of a product. */
export interface StockLine {
  readonly sku: string;
  readonly quantity: number;
}

/** Not all lines could be held, so none is. `skus`: those that fell short. */
export interface OutOfStock {
  readonly code: 'out-of-stock';
  readonly skus: readonly string[];
}

/** Units held for orders. Every method is safe to repeat and to run twice at once for the same order. */
export interface Stock {
  /**
   * Holds every line for an order, or none of them. Decided once: asked again, the answer is the first one, whatever
   * the stock has become and whatever was done with the units since.
   */
  reserve(orderId: string, lines: readonly StockLine[]): Promise<Result<null, OutOfStock>>;
  /** The held units are sold. Changes nothing if they were given back before. @throws if nothing was ever reserved */
  commit(orderId: string): Promise<void>;
  /**
   * Compensation: held units are free again, sold ones come back. Nothing was ever reserved: then nothing will be, a
   * `reserve` that arrives late is refused.
   */
  giveBack(orderId: string): Promise<void>;
}
