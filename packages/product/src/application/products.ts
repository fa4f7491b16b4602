import { err, ok, type Result } from '@twinstore/kernel';
import { listing, startOf, type Sort } from '../domain/listing.ts';
import { categoryName, isCategory, type Product, type ProductDetails } from '../domain/product.ts';
import { oneLinePerSku } from '../domain/stock.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Quotes, Stock } from './ports.ts';
import type { ProductStore, StockChange, StockChangeRefusal } from './store.ts';

export interface ListingRequest {
  /** Plain text to search for. */
  readonly q: string | undefined;
  readonly category: string | undefined;
  readonly sort: Sort;
  /** 1 to 100. */
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface ProductPage {
  readonly items: readonly Product[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

export interface Category {
  readonly slug: string;
  readonly name: string;
  /** Products in it, at least 1. */
  readonly count: number;
}

/** What shoppers see of products, and what the admin does with them. */
export interface Catalog {
  list(request: ListingRequest): Promise<Result<ProductPage, { readonly code: 'bad-cursor' }>>;
  find(sku: string): Promise<Product | undefined>;
  categories(): Promise<readonly Category[]>;
  put(sku: string, details: ProductDetails): Promise<{ readonly made: boolean; readonly product: Product }>;
  remove(sku: string): Promise<boolean>;
  changeStock(change: StockChange): Promise<Result<Product, StockChangeRefusal>>;
}

/** The product module over a store: the catalog, and the two ports that other modules know it by. */
export function products(store: ProductStore): Catalog & Quotes & Stock {
  return {
    async list({ q, category, sort, limit, cursor }) {
      const wanted = listing(q, category, sort);
      const after = cursor === undefined ? startOf(wanted.sort) : decodeCursor(wanted, cursor);
      if (!after) return err({ code: 'bad-cursor' });
      if (category !== undefined && !isCategory(category)) return ok({ items: [], nextCursor: null });
      // One more than asked for tells whether there is a next page.
      const found = await store.page(wanted, after, limit + 1);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return ok({
        items: page.map(({ product }) => product),
        nextCursor: last ? encodeCursor(wanted, last.position) : null,
      });
    },
    find: (sku) => store.find(sku),
    async categories() {
      const counts = await store.categories();
      return counts.map(({ slug, count }) => ({ slug, name: categoryName(slug), count }));
    },
    put: (sku, details) => store.put(sku, details),
    remove: (sku) => store.remove(sku),
    changeStock: (change) => store.changeStock(change),
    quote: async (skus) => (skus.length === 0 ? [] : store.quote(skus)),
    reserve: (orderId, lines) => store.reserve(orderId, oneLinePerSku(lines)),
    commit: (orderId) => store.commit(orderId),
    giveBack: (orderId) => store.giveBack(orderId),
  };
}
