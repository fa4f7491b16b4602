import { money } from '@twinstore/kernel';
import { newId, type Queryable } from '@twinstore/platform';
import { postgresProducts, products } from '../../src/index.ts';
import type { ProductDetails } from '../../src/domain/product.ts';

export const details = (change: Partial<ProductDetails> = {}): ProductDetails => ({
  name: 'Steel Kettle',
  description: 'Boils water.',
  category: 'kitchen',
  price: money(4900),
  image: undefined,
  attributes: {},
  ...change,
});

/** Puts a product with so many units into the catalog. */
export async function stocked(sql: Queryable, sku: string, units: number, change: Partial<ProductDetails> = {}) {
  const catalog = products(postgresProducts(sql));
  await catalog.put(sku, details(change));
  if (units > 0) await catalog.changeStock({ sku, delta: units, idempotencyKey: undefined });
}

export const newSku = (): string => `SKU-${newId()}`;

interface StockRow {
  received: number;
  on_hand: number;
  reserved: number;
  sold: number;
  returned: number;
}

export async function stockOf(sql: Queryable, sku: string): Promise<StockRow | undefined> {
  const { rows } = await sql.query<StockRow>(
    'select received, on_hand, reserved, sold, returned from product.stock where sku = $1',
    [sku],
  );
  return rows[0];
}
