import type { Queryable } from '@twinstore/platform';
import type { DrivenBy, OrderQueries, Overdue } from '../application/ports.ts';
import { COLUMNS, toOrder, type OrderRow } from './order-row.ts';

const AFTER_ALL_IDS = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** For how long a claimed order is left to its claimer, in milliseconds; one driven by events up to 16 times as long. */
const CLAIM_MS = 6000;

export const postgresOrderQueries = (sql: Queryable): OrderQueries => ({
  async read(shopper, orderId) {
    const { rows } = await sql.query<OrderRow>(
      `select ${COLUMNS} from orders.orders o where o.id = $1 and o.shopper_id = $2`,
      [orderId, shopper],
    );
    return rows[0] && toOrder(rows[0]);
  },

  async list(shopper, limit, before) {
    const { rows } = await sql.query<OrderRow>(
      `select ${COLUMNS} from orders.orders o where o.shopper_id = $1 and o.id < $2 order by o.id desc limit $3`,
      [shopper, before ?? AFTER_ALL_IDS, limit],
    );
    return rows.map(toOrder);
  },
});

/** Overdue orders of those that are `drivenBy` calls, or of those driven by events. */
export const postgresOverdue = (sql: Queryable, drivenBy: DrivenBy = 'calls'): Overdue => ({
  async claim(limit) {
    // Skipping locked rows lets any number of processes share the work without waiting for each other. Saying an order
    // again helps only if an event was lost, and each time makes more of them: less and less often.
    const { rows } = await sql.query<{ id: string }>(
      `update orders.orders set
         due_at = $1::timestamptz
           + $2::integer * case when awaiting is null then 1 else 2 ^ least(attempts, 4) end * interval '1 millisecond',
         attempts = case when awaiting is null then attempts else attempts + 1 end
       where id in (
         select id from orders.orders where due_at <= $1 and (awaiting is not null) = $4
         order by due_at limit $3 for update skip locked)
       returning id`,
      [new Date(), CLAIM_MS, limit, drivenBy === 'events'],
    );
    return rows.map(({ id }) => id);
  },

  async forgetOldKeys() {
    await sql.query(`delete from orders.idempotency_keys where created_at < now() - interval '48 hours'`);
  },
});
