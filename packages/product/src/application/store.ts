import type { Result } from '@twinstore/kernel';
import type { Listing, Position } from '../domain/listing.ts';
import type { Product, ProductDetails } from '../domain/product.ts';
import type { Quotes, Stock } from './ports.ts';

/** A product with its place in the listing that was asked for. */
export interface Listed {
  readonly product: Product;
  readonly position: Position;
}

export interface CategoryCount {
  readonly slug: string;
  readonly count: number;
}

export interface StockChange {
  readonly sku: string;
  /** Units to add; to take away, if negative. */
  readonly delta: number;
  /** The same key never changes the stock twice. */
  readonly idempotencyKey: string | undefined;
}

export interface StockChangeRefusal {
  readonly code: 'not-found' | 'stock-negative' | 'idempotency-key-reused';
}

/** The module's memory: over a pool, or over an open transaction. */
export interface ProductStore extends Quotes, Stock {
  /** At most so many products of a listing (1 to 101) that come after a place in it, in its order. */
  page(listing: Listing, after: Position, atMost: number): Promise<readonly Listed[]>;
  find(sku: string): Promise<Product | undefined>;
  /** Categories that have products, by slug. */
  categories(): Promise<readonly CategoryCount[]>;
  /** Makes a product, with no stock, or replaces one and leaves its stock alone. */
  put(sku: string, details: ProductDetails): Promise<{ readonly made: boolean; readonly product: Product }>;
  /** Writes off what is on hand; what orders hold of it stays theirs. Answers whether there was such a product. */
  remove(sku: string): Promise<boolean>;
  changeStock(change: StockChange): Promise<Result<Product, StockChangeRefusal>>;
}
