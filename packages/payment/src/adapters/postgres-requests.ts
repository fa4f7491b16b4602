import { money, retryDelay } from '@twinstore/kernel';
import type { Queryable } from '@twinstore/platform';
import type { PaymentRequests } from '../application/ports.ts';
import type { PaymentRequest } from '../domain/request.ts';

interface Row {
  order_id: string;
  amount: number | null;
  token: string | null;
  stock_held: boolean;
  charge: PaymentRequest['charge'];
  refund: PaymentRequest['refund'];
  failing_since: Date | null;
}

/** What events asked, in the schema `payment`. Each method is one statement. */
export const postgresRequests = (sql: Queryable): PaymentRequests => ({
  async askCharge(orderId, amount, token) {
    await sql.query(
      `insert into payment.requests as r (order_id, amount, currency, token) values ($1, $2, $3, $4)
       on conflict (order_id) do update set
         amount = excluded.amount,
         currency = excluded.currency,
         token = case when r.charge = 'open' then excluded.token end,
         due_at = case when r.charge = 'open' and r.stock_held then coalesce(r.due_at, now()) else r.due_at end`,
      [orderId, amount.amount, amount.currency, token],
    );
  },

  async stockHeld(orderId) {
    const { rows } = await sql.query<Row>(
      `insert into payment.requests as r (order_id, stock_held) values ($1, true)
       on conflict (order_id) do update set
         stock_held = true,
         due_at = case when r.charge = 'open' and r.token is not null then coalesce(r.due_at, now()) else r.due_at end
       returning charge`,
      [orderId],
    );
    return (rows[0] as Row).charge;
  },

  async drop(orderId) {
    await sql.query(
      `insert into payment.requests as r (order_id, charge) values ($1, 'dropped')
       on conflict (order_id) do update set charge = 'dropped', token = null, due_at = null where r.charge = 'open'`,
      [orderId],
    );
  },

  async askRefund(orderId) {
    const { rows } = await sql.query<Row>(
      `insert into payment.requests as r (order_id, refund, due_at) values ($1, 'asked', now())
       on conflict (order_id) do update set
         refund = case r.refund when 'none' then 'asked' else r.refund end,
         due_at = case r.refund when 'done' then r.due_at else coalesce(r.due_at, now()) end
       returning refund`,
      [orderId],
    );
    return (rows[0] as Row).refund;
  },

  async claim(limit) {
    // Skipping locked rows lets any number of processes share the work without waiting for each other.
    const { rows } = await sql.query<Row>(
      `update payment.requests set due_at = now() + $2::integer * interval '1 millisecond'
       where order_id in (
         select order_id from payment.requests where due_at <= now() order by due_at limit $1 for update skip locked)
       returning order_id`,
      [limit, CLAIM_MS],
    );
    return rows.map(({ order_id }) => order_id);
  },

  async find(orderId) {
    const { rows } = await sql.query<Row>(
      `select order_id, amount, token, stock_held, charge, refund, failing_since
       from payment.requests where order_id = $1`,
      [orderId],
    );
    return rows[0] && toRequest(rows[0]);
  },

  async settle(orderId, settlement) {
    const { rowCount } = await sql.query(
      `update payment.requests set
         charge = $2, token = null, attempts = 0, failing_since = null,
         due_at = case refund when 'asked' then now() end
       where order_id = $1 and charge = 'open'`,
      [orderId, settlement],
    );
    return rowCount > 0;
  },

  async markRefunded(orderId) {
    const { rowCount } = await sql.query(
      `update payment.requests set refund = 'done', due_at = null where order_id = $1 and refund = 'asked'`,
      [orderId],
    );
    return rowCount > 0;
  },

  async postpone(orderId) {
    await sql.query(
      `update payment.requests set
         attempts = attempts + 1,
         failing_since = coalesce(failing_since, now()),
         due_at = now() + least($2::integer * 2 ^ least(attempts, 20), $3) * interval '1 millisecond'
       where order_id = $1 and due_at is not null`,
      [orderId, retryDelay(0), retryDelay(Infinity)],
    );
  },
});

/** For how long claimed work is left to its claimer: a call to the provider, with its second try, and the books. */
const CLAIM_MS = 8000;

const toRequest = (row: Row): PaymentRequest => ({
  orderId: row.order_id,
  order: row.amount === null || row.token === null ? undefined : { amount: money(row.amount), token: row.token },
  stockHeld: row.stock_held,
  charge: row.charge,
  refund: row.refund,
  failingSince: row.failing_since?.toISOString(),
});
