import { err, ok, type Result } from '@twinstore/kernel';
import type { Quotes } from '@twinstore/product';
import { priced, type PricedCart } from '../domain/cart.ts';
import type { CartFull, Carts, CartStore, StoredCart } from './ports.ts';

/** There is no such product in the catalog. */
export interface UnknownProduct {
  readonly code: 'unknown-product';
}

/** All that can be done with carts: what a shopper does, priced as of now, and what checkout needs. */
export interface ShoppingCarts extends Carts {
  view(shopper: string): Promise<PricedCart>;
  /** `quantity`: 1 to 99, also more than there are. */
  setItem(shopper: string, sku: string, quantity: number): Promise<Result<PricedCart, UnknownProduct | CartFull>>;
  removeItem(shopper: string, sku: string): Promise<PricedCart>;
  clear(shopper: string): Promise<PricedCart>;
}

/** What a shopper who never put anything into a cart sees. */
export const emptyCart: PricedCart = priced([], [], 0);

/**
 * Carts over a store, priced by the catalog. One store operation and at most one call for quotes each, however many
 * lines there are; `setItem` reads first, since a product has to be known before it is put into a cart. Where a product
 * is gone from the catalog, forgetting its line is one store operation more, once.
 */
export function carts(store: CartStore, quotes: Quotes): ShoppingCarts {
  const offersFor = (skus: readonly string[]) => (skus.length === 0 ? Promise.resolve([]) : quotes.quote(skus));

  async function show(shopper: string, { lines, version }: StoredCart): Promise<PricedCart> {
    const offers = await offersFor(skusOf({ lines }));
    const gone = skusOf({ lines }).filter((sku) => !offers.some((offer) => offer.sku === sku));
    // A line that the shopper saw disappear must not come back when the SKU is given to a product again.
    if (gone.length > 0) await store.forget(shopper, version, gone);
    return priced(lines, offers, version);
  }

  return {
    view: async (shopper) => show(shopper, await store.read(shopper)),
    removeItem: async (shopper, sku) => show(shopper, await store.remove(shopper, sku)),
    clear: async (shopper) => show(shopper, await store.clear(shopper)),

    async setItem(shopper, sku, quantity) {
      const asked = new Set([...skusOf(await store.read(shopper)), sku]);
      const offers = await offersFor([...asked]);
      if (!offers.some((offer) => offer.sku === sku)) return err({ code: 'unknown-product' });
      const changed = await store.set(shopper, sku, quantity);
      if (!changed.ok) return changed;
      const { lines, version } = changed.value;
      // Another tab may have added something since the cart was read.
      const more = await offersFor(skusOf({ lines }).filter((one) => !asked.has(one)));
      return ok(priced(lines, [...offers, ...more], version));
    },

    lines: async (shopper) => (await store.read(shopper)).lines,
    takeOut: (shopper, orderId, bought) => store.takeOut(shopper, orderId, bought),
  };
}

const skusOf = ({ lines }: Pick<StoredCart, 'lines'>) => lines.map((line) => line.sku);
