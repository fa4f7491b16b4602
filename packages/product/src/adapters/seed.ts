import { inTransaction, openPostgres, type Queryable } from '@twinstore/platform';
import { nameKey } from '../domain/product.ts';
import { sampleProduct } from '../domain/sample-product.ts';

const BATCH = 1000;

/**
 * Fills a migrated database with the first `count` sample products, or with those that it lacks of them. It remembers
 * how many it has added: what the admin deleted since does not come back. Several processes may try at once.
 */
export async function seedProducts(databaseUrl: string, count: number): Promise<void> {
  // A connection that is lost between two batches fails the next one, which says so.
  const db = openPostgres(databaseUrl, () => {}, 1);
  try {
    let added = false;
    while (await inTransaction(db, (tx) => addBatch(tx, count))) added = true;
    // The planner knows nothing of a table that was just filled until somebody counts.
    if (added) await db.query('vacuum (analyze) product.products, product.stock');
  } finally {
    await db.close();
  }
}

/** Adds the next batch. Answers whether there was one. */
async function addBatch(tx: Queryable, count: number): Promise<boolean> {
  // Locked to the end of the transaction: another process takes up where this one leaves off.
  const { rows } = await tx.query<{ seeded: number }>('select seeded from product.seeding for update');
  const seeded = rows[0]?.seeded ?? 0;
  if (seeded >= count) return false;
  const batch = Array.from({ length: Math.min(BATCH, count - seeded) }, (_, offset) => sampleProduct(seeded + offset));
  await tx.query(INSERT, [
    batch.map(({ sku }) => sku),
    batch.map(({ name }) => name),
    batch.map(({ name }) => nameKey(name)),
    batch.map(({ description }) => description),
    batch.map(({ category }) => category),
    batch.map(({ price }) => price.amount),
    batch.map(({ price }) => price.currency),
    batch.map(({ attributes }) => JSON.stringify(attributes)),
    batch.map(({ available }) => available),
  ]);
  await tx.query('update product.seeding set seeded = $1', [seeded + batch.length]);
  return true;
}

// A SKU that the admin used first is left alone.
const INSERT = `
  with sample as (
    select sku, name, name_key, description, category, amount, currency, attributes, available, place
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::jsonb[],
                $9::bigint[])
      with ordinality as t (sku, name, name_key, description, category, amount, currency, attributes, available, place)),
  stocked as (
    insert into product.stock (sku, received, on_hand) select sku, available, available from sample
    on conflict (sku) do nothing
    returning sku)
  insert into product.products (sku, name, name_key, description, category, price_amount, currency, attributes)
  select a.sku, a.name, a.name_key, a.description, a.category, a.amount, a.currency, a.attributes
  from sample a join stocked on stocked.sku = a.sku
  order by a.place`;
