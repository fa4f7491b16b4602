import type { Result } from '@twinstore/kernel';
import type { CartFull, CartLine } from '../domain/lines.ts';

export type { CartFull, CartLine };

/** What checkout needs of carts. Every method is safe to repeat. */
export interface Carts {
  /** The shopper's lines in the order first added; none for a shopper without a cart. */
  lines(shopper: string): Promise<readonly CartLine[]>;
  /**
   * Subtracts what an order bought, line by line, down to nothing and no further: what was added meanwhile stays.
   * Done once per order, however often asked.
   */
  takeOut(shopper: string, orderId: string, bought: readonly CartLine[]): Promise<void>;
}

/** What is kept of a cart. A shopper without one has no lines and version 0. */
export interface StoredCart {
  /** In the order first added. */
  readonly lines: readonly CartLine[];
  /** Grows by one with each change of the lines, also after they were all removed; never by what changes nothing. */
  readonly version: number;
}

/**
 * Carts in a database, by shopper (UUID). Each change is atomic: of changes that come at once all land, and the answer
 * is the cart as this very change left it. Each method is one statement; in MongoDB the first change of a cart's life
 * is two, or three if it has to race for that.
 */
export interface CartStore {
  read(shopper: string): Promise<StoredCart>;
  /** Sets a line's quantity; adds the line if there is none. */
  set(shopper: string, sku: string, quantity: number): Promise<Result<StoredCart, CartFull>>;
  remove(shopper: string, sku: string): Promise<StoredCart>;
  clear(shopper: string): Promise<StoredCart>;
  /**
   * Drops lines that are shown no more since their products are gone. Changes nothing that a shopper sees, and so not
   * the version; does nothing if the cart is of another `version` by now, for then a line may have been added anew.
   */
  forget(shopper: string, version: number, skus: readonly string[]): Promise<void>;
  /** As in `Carts`; the order (UUID) is remembered with the cart, for at least the next `ORDERS_REMEMBERED` orders. */
  takeOut(shopper: string, orderId: string, bought: readonly CartLine[]): Promise<void>;
}

/**
 * A shopper has one checkout at a time and its steps are repeated for seconds, not for weeks: an order that comes again
 * is among the shopper's last few.
 */
export const ORDERS_REMEMBERED = 50;
