import { err, ok, type Currency } from '@twinstore/kernel';
import type { Queryable } from '@twinstore/platform';
import { nameKey, type Product } from '../domain/product.ts';
import type { ProductStore } from '../application/store.ts';
import { PRODUCT_COLUMNS, pageStatement } from './listing-sql.ts';

interface ProductRow {
  sku: string;
  name: string;
  description: string;
  category: string;
  price_amount: number;
  currency: Currency;
  image: string | null;
  attributes: Record<string, string>;
  on_hand: number;
}

/** The catalog in PostgreSQL: one statement per call, but for a stock change that was refused or came before. */
export const postgresCatalog = (
  sql: Queryable,
): Pick<ProductStore, 'page' | 'find' | 'categories' | 'put' | 'remove' | 'changeStock' | 'quote'> => ({
  async page(listing, after, atMost) {
    const { text, values } = pageStatement(listing, after, atMost);
    const { rows } = await sql.query<ProductRow & { key: string | number }>(text, values);
    return rows.slice(0, atMost).map((row) => ({ product: toProduct(row), position: { key: row.key, sku: row.sku } }));
  },

  async find(sku) {
    const { rows } = await sql.query<ProductRow>(
      `select ${PRODUCT_COLUMNS} from product.products p join product.stock s on s.sku = p.sku where p.sku = $1`,
      [sku],
    );
    return rows[0] && toProduct(rows[0]);
  },

  async categories() {
    const { rows } = await sql.query<{ slug: string; count: number }>(
      'select category as slug, count(*) as count from product.products group by category order by category',
    );
    return rows;
  },

  async put(sku, details) {
    // `xmax` is 0 in a row that this statement inserted, and names this transaction in one that it updated.
    // Units that orders gave back after an earlier product of this SKU had gone are written off: a new one has none.
    // Of two who put a new SKU at once, the second cannot see the stock that the first has only just made: none yet.
    const { rows } = await sql.query<ProductRow & { made: boolean }>(
      `with p as (
         insert into product.products as p
           (sku, name, name_key, description, category, price_amount, currency, image, attributes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (sku) do update set
           name = excluded.name, name_key = excluded.name_key, description = excluded.description,
           category = excluded.category, price_amount = excluded.price_amount, currency = excluded.currency,
           image = excluded.image, attributes = excluded.attributes
         returning sku, name, description, category, price_amount, currency, image, attributes, xmax = 0 as made),
       listed as (
         insert into product.stock as s (sku) select sku from p where made
         on conflict (sku) do update set listed = true, received = s.received - s.on_hand, on_hand = 0)
       select p.sku, p.name, p.description, p.category, p.price_amount, p.currency, p.image, p.attributes, p.made,
              case when p.made then 0 else coalesce(s.on_hand, 0) end as on_hand
       from p left join product.stock s on s.sku = p.sku`,
      [
        sku,
        details.name,
        nameKey(details.name),
        details.description,
        details.category,
        details.price.amount,
        details.price.currency,
        details.image ?? null,
        JSON.stringify(details.attributes),
      ],
    );
    const [row] = rows;
    if (!row) throw new Error(`no row for product ${sku}`);
    return { made: row.made, product: toProduct(row) };
  },

  async remove(sku) {
    const { rowCount } = await sql.query(
      `with gone as (delete from product.products where sku = $1 returning sku)
       update product.stock s set listed = false, received = s.received - s.on_hand, on_hand = 0
       from gone where s.sku = gone.sku`,
      [sku],
    );
    return rowCount > 0;
  },

  async changeStock({ sku, delta, idempotencyKey }) {
    const { rows } =
      idempotencyKey === undefined
        ? await sql.query<ProductRow>(CHANGE_STOCK, [sku, delta])
        : await sql.query<ProductRow>(CHANGE_STOCK_ONCE, [sku, delta, idempotencyKey]);
    if (rows[0]) return ok(toProduct(rows[0]));

    // Nothing changed: find out why.
    const now = await sql.query<ProductRow & { key_sku: string | null; key_delta: number | null }>(
      `select ${PRODUCT_COLUMNS}, k.sku as key_sku, k.delta as key_delta
       from product.products p join product.stock s on s.sku = p.sku
       left join product.stock_changes k on k.key = $2
       where p.sku = $1`,
      [sku, idempotencyKey ?? null],
    );
    const [row] = now.rows;
    if (!row) return err({ code: 'not-found' });
    if (row.key_sku === null) return err({ code: 'stock-negative' });
    const same = row.key_sku === sku && row.key_delta === delta;
    return same ? ok(toProduct(row)) : err({ code: 'idempotency-key-reused' });
  },

  async quote(skus) {
    const { rows } = await sql.query<Pick<ProductRow, 'sku' | 'name' | 'price_amount' | 'currency' | 'on_hand'>>(
      `select p.sku, p.name, p.price_amount, p.currency, s.on_hand
       from product.products p join product.stock s on s.sku = p.sku where p.sku = any($1)`,
      [skus],
    );
    return rows.map((row) => ({
      sku: row.sku,
      name: row.name,
      price: { amount: row.price_amount, currency: row.currency },
      available: row.on_hand,
    }));
  },
});

const CHANGE_STOCK = `
  with s as (
    update product.stock set received = received + $2, on_hand = on_hand + $2
    where sku = $1 and listed and on_hand + $2 >= 0
    returning sku, on_hand)
  select ${PRODUCT_COLUMNS} from s join product.products p on p.sku = s.sku`;

// The row is locked before the key is taken: with the key alone decided on what this statement's snapshot shows, a
// change that found too little a moment later would leave its key behind. Keys are kept for 48 hours, a few of the
// older ones go with each new one.
const CHANGE_STOCK_ONCE = `
  with room as (
    select sku from product.stock where sku = $1 and listed and on_hand + $2 >= 0 for update),
  fresh as (
    insert into product.stock_changes (key, sku, delta) select $3, sku, $2 from room
    on conflict (key) do nothing returning sku),
  s as (
    update product.stock s set received = s.received + $2, on_hand = s.on_hand + $2 from fresh where s.sku = fresh.sku
    returning s.sku, s.on_hand),
  forgotten as (
    delete from product.stock_changes where key in (
      select key from product.stock_changes where at < now() - interval '48 hours' limit 20 for update skip locked))
  select ${PRODUCT_COLUMNS} from s join product.products p on p.sku = s.sku`;

const toProduct = (row: ProductRow): Product => ({
  sku: row.sku,
  name: row.name,
  description: row.description,
  category: row.category,
  price: { amount: row.price_amount, currency: row.currency },
  image: row.image ?? undefined,
  attributes: row.attributes,
  available: row.on_hand,
});
