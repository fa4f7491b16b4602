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

// `locked` shows each row as it is once nobody else holds it. What is written is made of these values alone: PostgreSQL
// checks constraints on a first attempt that starts from the row as the statement's snapshot knew it, and would refuse
// a change for which only the present row has the units. (ExecUpdateAct: constraints come before the conflict.)
const LOCKED =
  'select s.sku, s.received, s.on_hand, s.reserved, s.sold, s.returned, s.listed from product.stock s, turn';

// Steps of one order take turns: `reserve` can write its decision only after it has seen the stock, the others learn
// from that row which stock to lock, and in opposite directions they would deadlock.
const TURN = 'turn as materialized (select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0)))';

const RESERVE = `
  with ${TURN},
  wanted as (
    select sku, quantity from unnest($2::text[], $3::bigint[]) as w (sku, quantity)),
  locked as materialized (${LOCKED} where s.sku = any($2::text[]) order by s.sku for update of s),
  shortage as (
    select coalesce(array_agg(w.sku order by w.sku), '{}') as skus
    from wanted w left join locked k on k.sku = w.sku
    where k.sku is null or not k.listed or k.on_hand < w.quantity),
  decision as (
    insert into product.reservations (order_id, state, skus, quantities, short)
    select $1, case when cardinality(skus) = 0 then 'reserved' else 'refused' end, $2::text[], $3::bigint[], skus
    from turn, shortage
    on conflict (order_id) do nothing
    returning state, short),
  moved as (
    update product.stock s set
      received = k.received,
      on_hand = k.on_hand - w.quantity,
      reserved = k.reserved + w.quantity,
      sold = k.sold,
      returned = k.returned
    from decision d, wanted w join locked k on k.sku = w.sku
    where s.sku = k.sku and d.state = 'reserved')
  select state = 'refused' as refused, short from decision`;

const DECISION = `select state = 'refused' as refused, short from product.reservations where order_id = $1`;

// The rows of the units of reservation `r`.
const LINES = `
  lines as (
    select l.sku, l.quantity, r.state from r, unnest(r.skus, r.quantities) as l (sku, quantity)),
  locked as materialized (
    ${LOCKED} where s.sku in (select sku from lines) order by s.sku for update of s)`;

// What this statement commits still shows as reserved in its last line: either way it was held.
const COMMIT = `
  with ${TURN},
  r as (
    update product.reservations set state = 'committed' from turn where order_id = $1 and state = 'reserved'
    returning state, skus, quantities),
  ${LINES},
  moved as (
    update product.stock s set
      received = k.received,
      on_hand = k.on_hand,
      reserved = k.reserved - l.quantity,
      sold = k.sold + l.quantity,
      returned = k.returned
    from lines l join locked k on k.sku = l.sku where s.sku = k.sku)
  select state <> 'refused' as held from product.reservations where order_id = $1`;

// An order that gives up before its reservation has come must not get one later, when nobody would give it back.
const GIVE_BACK = `
  with ${TURN},
  r as (
    insert into product.reservations as r (order_id, state, skus, quantities, short)
    select $1, 'refused', '{}', '{}', '{}' from turn
    on conflict (order_id) do update
      set state = case r.state when 'reserved' then 'released' else 'returned' end
      where r.state in ('reserved', 'committed')
    returning state, skus, quantities),
  ${LINES}
  update product.stock s set
    received = k.received,
    on_hand = k.on_hand + l.quantity,
    reserved = k.reserved - case l.state when 'released' then l.quantity else 0 end,
    sold = k.sold,
    returned = k.returned + case l.state when 'returned' then l.quantity else 0 end
  from lines l join locked k on k.sku = l.sku where s.sku = k.sku`;
