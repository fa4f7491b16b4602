import { err, ok } from '@twinstore/kernel';
import type { Queryable } from '@twinstore/platform';
import type { Stock } from '../application/ports.ts';

/**
 * Stock in PostgreSQL. Each step is one statement, so that it holds by itself over a pool and takes part in whatever
 * transaction it is given. Every one locks the stock rows that it changes in SKU order, so none can deadlock.
 */
export const postgresStock = (sql: Queryable): Stock => ({
  async reserve(orderId, lines) {
    const held = await sql.query<Decision>(RESERVE, [
      orderId,
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
    ]);
    // Decided before, by a twin perhaps that this statement had to wait for and could not see yet.
    const { rows } = held.rowCount > 0 ? held : await sql.query<Decision>(DECISION, [orderId]);
    const [decision] = rows;
    if (!decision) throw new Error(`no reservation for order ${orderId}`);
    return decision.refused ? err({ code: 'out-of-stock', skus: decision.short }) : ok(null);
  },

  async commit(orderId) {
    const { rows } = await sql.query<{ held: boolean }>(COMMIT, [orderId]);
    if (!rows[0]?.held) throw new Error(`order ${orderId} has no reservation that could be committed`);
  },

  async giveBack(orderId) {
    await sql.query(GIVE_BACK, [orderId]);
  },
});

interface Decision {
  readonly refused: boolean;
  readonly short: readonly string[];
}

// `locked` shows each row as it is once nobody else holds it, not as this statement's snapshot knew it.
const RESERVE = `
  with wanted as (
    select sku, quantity from unnest($2::text[], $3::bigint[]) as w (sku, quantity)),
  locked as materialized (
    select sku, on_hand, listed from product.stock where sku = any($2::text[]) order by sku for update),
  shortage as (
    select coalesce(array_agg(w.sku order by w.sku), '{}') as skus
    from wanted w left join locked l on l.sku = w.sku
    where l.sku is null or not l.listed or l.on_hand < w.quantity),
  decision as (
    insert into product.reservations (order_id, state, skus, quantities, short)
    select $1, case when cardinality(skus) = 0 then 'reserved' else 'refused' end, $2::text[], $3::bigint[], skus
    from shortage
    on conflict (order_id) do nothing
    returning state, short),
  moved as (
    update product.stock s set on_hand = s.on_hand - w.quantity, reserved = s.reserved + w.quantity
    from wanted w, decision d where s.sku = w.sku and d.state = 'reserved')
  select state = 'refused' as refused, short from decision`;

const DECISION = `select state = 'refused' as refused, short from product.reservations where order_id = $1`;

// The rows of an order's units, locked in SKU order whatever plan the update gets.
const LINES_LOCKED = `
  lines as (
    select l.sku, l.quantity, r.state from r, unnest(r.skus, r.quantities) as l (sku, quantity)),
  locked as materialized (
    select sku from product.stock where sku in (select sku from lines) order by sku for update)`;

// What is committed by this statement itself still shows as reserved in the last line: both were held.
const COMMIT = `
  with r as (
    update product.reservations set state = 'committed' where order_id = $1 and state = 'reserved'
    returning state, skus, quantities),
  ${LINES_LOCKED},
  moved as (
    update product.stock s set reserved = s.reserved - l.quantity, sold = s.sold + l.quantity
    from lines l join locked on locked.sku = l.sku where s.sku = l.sku)
  select state <> 'refused' as held from product.reservations where order_id = $1`;

// An order that gives up before its reservation has come must not get one later, when nobody would give it back.
const GIVE_BACK = `
  with r as (
    insert into product.reservations as r (order_id, state, skus, quantities, short) values ($1, 'refused', '{}', '{}', '{}')
    on conflict (order_id) do update
      set state = case r.state when 'reserved' then 'released' else 'returned' end
      where r.state in ('reserved', 'committed')
    returning state, skus, quantities),
  ${LINES_LOCKED}
  update product.stock s set
    on_hand = s.on_hand + l.quantity,
    reserved = s.reserved - case l.state when 'released' then l.quantity else 0 end,
    returned = s.returned + case l.state when 'returned' then l.quantity else 0 end
  from lines l join locked on locked.sku = l.sku where s.sku = l.sku`;
