import { money } from '@twinstore/kernel';
import type { Quotes } from '@twinstore/product';

/** A catalog in memory that says how often it was asked. */
export interface Shop extends Quotes {
  readonly asked: (readonly string[])[];
  /** Puts a product into the catalog, or gives it a new price (minor units). */
  offer(sku: string, price: number, available?: number): void;
  withdraw(sku: string): void;
}

export function openShop(): Shop {
  const products = new Map<string, { price: number; available: number }>();
  const asked: (readonly string[])[] = [];
  return {
    asked,
    offer: (sku, price, available = 10) => void products.set(sku, { price, available }),
    withdraw: (sku) => void products.delete(sku),
    async quote(skus) {
      asked.push(skus);
      return skus.flatMap((sku) => {
        const found = products.get(sku);
        return found ? [{ sku, name: `The ${sku}`, price: money(found.price), available: found.available }] : [];
      });
    },
  };
}
