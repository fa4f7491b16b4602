import type { Queryable } from '@twinstore/platform';
import type { PaymentLedger, PaymentRecord } from '../application/ports.ts';

interface Row {
  order_id: string;
  amount: number;
  currency: 'USD';
  state: PaymentRecord['state'];
  refunded: boolean;
}

/** The ledger in the schema `payment`, over a pool or an open transaction. Each method is one statement. */
export const postgresLedger = (sql: Queryable): PaymentLedger => ({
  async open(orderId, amount) {
    // The update that changes nothing makes the statement answer the row of a twin, also one that is just being made.
    const { rows } = await sql.query<Row>(
      `insert into payment.charges as known (order_id, amount, currency) values ($1, $2, $3)
       on conflict (order_id) do update set order_id = known.order_id
       returning order_id, amount, currency, state, refunded_at is not null as refunded`,
      [orderId, amount.amount, amount.currency],
    );
    return toRecord(rows[0] as Row);
  },

  async find(orderId) {
    const { rows } = await sql.query<Row>(
      `select order_id, amount, currency, state, refunded_at is not null as refunded
         from payment.charges where order_id = $1`,
      [orderId],
    );
    return rows[0] && toRecord(rows[0]);
  },

  async settle(orderId, settlement) {
    await sql.query(
      `update payment.charges set state = $2, settled_at = now() where order_id = $1 and state = 'open'`,
      [orderId, settlement],
    );
  },

  async markRefunded(orderId) {
    // A charge that was never captured fails on the table's own check.
    const { rowCount } = await sql.query(
      'update payment.charges set refunded_at = coalesce(refunded_at, now()) where order_id = $1',
      [orderId],
    );
    if (rowCount === 0) throw new Error(`no charge of order ${orderId} was ever begun`);
  },
});

const toRecord = ({ order_id, amount, currency, state, refunded }: Row): PaymentRecord => ({
  orderId: order_id,
  amount: { amount, currency },
  state,
  refunded,
});
