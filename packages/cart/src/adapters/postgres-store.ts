import { err, ok } from '@twinstore/kernel';
import type { Queryable } from '@twinstore/platform';
import { ORDERS_REMEMBERED, type CartStore, type StoredCart } from '../application/ports.ts';
import { MAX_LINES, merged } from '../domain/lines.ts';

// A cart is one row, its lines two arrays, so that each change is one statement without a transaction around it: an
// update locks the row, waits for whoever holds it, and computes from the row as it then is. With a row per line, the
// statement would still see the other lines as they were before the wait: it could not answer with the cart it left,
// and two tabs could both add line 200. https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
//
// What changes nothing writes the row as it was, so that its answer is as true as any other.

interface CartRow {
  version: number;
  skus: string[];
  quantities: number[];
}

const READ = 'select version, skus, quantities from cart.carts where shopper = $1';

const SET = `
  insert into cart.carts as cart (shopper, version, skus, quantities)
  values ($1, 1, array[$2::text], array[$3::integer])
  on conflict (shopper) do update set (version, skus, quantities) = (
    select
      cart.version + (case when is_full or cart.quantities[place] = $3 then 0 else 1 end),
      case when is_full or place > 0 then cart.skus else cart.skus || $2::text end,
      case
        when is_full then cart.quantities
        when place > 0 then cart.quantities[:place - 1] || $3::integer || cart.quantities[place + 1:]
        else cart.quantities || $3::integer
      end
    from array_position(cart.skus, $2::text) as place,
      lateral (select place is null and cardinality(cart.skus) >= ${MAX_LINES} as is_full) as room
  )
  returning version, skus, quantities`;

const REMOVE = `
  update cart.carts as cart set (version, skus, quantities) = (
    select
      cart.version + (case when place > 0 then 1 else 0 end),
      array_remove(cart.skus, $2::text),
      case
        when place > 0 then cart.quantities[:place - 1] || cart.quantities[place + 1:]
        else cart.quantities
      end
    from array_position(cart.skus, $2::text) as place
  )
  where shopper = $1
  returning version, skus, quantities`;

const CLEAR = `
  update cart.carts
  set version = version + (case when skus = '{}' then 0 else 1 end), skus = '{}', quantities = '{}'
  where shopper = $1
  returning version, skus, quantities`;

const FORGET = `
  update cart.carts as cart set (skus, quantities) = (
    select
      coalesce(array_agg(line.sku order by place), '{}'),
      coalesce(array_agg(line.quantity order by place), '{}')
    from unnest(cart.skus, cart.quantities) with ordinality as line (sku, quantity, place)
    where line.sku <> all ($3::text[])
  )
  where shopper = $1 and version = $2`;

// A shopper without a cart gets a row too: the order has to be remembered for when they have one.
const TAKE_OUT = `
  insert into cart.carts as cart (shopper, version, skus, quantities, orders)
  values ($1, 0, '{}', '{}', array[$2::uuid])
  on conflict (shopper) do update set
    version = cart.version + (case when cart.skus && $3::text[] then 1 else 0 end),
    (skus, quantities) = (
      select
        coalesce(array_agg(line.sku order by place), '{}'),
        coalesce(array_agg(line.quantity - coalesce(bought.quantity, 0) order by place), '{}')
      from unnest(cart.skus, cart.quantities) with ordinality as line (sku, quantity, place)
      left join unnest($3::text[], $4::integer[]) as bought (sku, quantity) on bought.sku = line.sku
      where line.quantity > coalesce(bought.quantity, 0)
    ),
    orders = (array[$2::uuid] || cart.orders)[:${ORDERS_REMEMBERED}]
  where not $2::uuid = any (cart.orders)`;

/** Carts in PostgreSQL, schema `cart`. `sql`: a pool, or an open transaction, which then holds the carts it changed. */
export const postgresCarts = (sql: Queryable): CartStore => ({
  async read(shopper) {
    const { rows } = await sql.query<CartRow>(READ, [shopper]);
    return toCart(rows[0]);
  },

  async set(shopper, sku, quantity) {
    const { rows } = await sql.query<CartRow>(SET, [shopper, sku, quantity]);
    const cart = toCart(rows[0]);
    return cart.lines.some((line) => line.sku === sku) ? ok(cart) : err({ code: 'cart-full' });
  },

  async remove(shopper, sku) {
    const { rows } = await sql.query<CartRow>(REMOVE, [shopper, sku]);
    return toCart(rows[0]);
  },

  async clear(shopper) {
    const { rows } = await sql.query<CartRow>(CLEAR, [shopper]);
    return toCart(rows[0]);
  },

  async forget(shopper, version, skus) {
    await sql.query(FORGET, [shopper, version, [...skus]]);
  },

  async takeOut(shopper, orderId, bought) {
    const lines = merged(bought);
    const skus = lines.map((line) => line.sku);
    const quantities = lines.map((line) => line.quantity);
    await sql.query(TAKE_OUT, [shopper, orderId, skus, quantities]);
  },
});

function toCart(row: CartRow | undefined): StoredCart {
  if (!row) return { lines: [], version: 0 };
  const { skus, quantities, version } = row;
  // The table's constraint gives each sku its quantity.
  return { lines: skus.map((sku, place) => ({ sku, quantity: quantities[place] as number })), version };
}
