import { err, ok, retryDelay } from '@twinstore/kernel';
import type { Queryable } from '@twinstore/platform';
import type { Order } from '../domain/order.ts';
import type { Awaited, DrivenBy, EventedBook, Standing } from '../application/ports.ts';
import { COLUMNS, toOrder, type OrderRow } from './order-row.ts';
import { postgresOrderQueries } from './postgres-queries.ts';

interface UndertakingRow extends OrderRow {
  shopper_id: string;
  payment_token: string | null;
  unfinished: boolean;
  lines_in_cart: boolean;
  failing_since: Date | null;
}

/** A live checkout takes far less; one that crashed is noticed this much later. In milliseconds, as all such here. */
const GRACE_MS = 6000;

/**
 * Checkout's memory in PostgreSQL, over a pool or an open transaction: every method is one statement. `drivenBy`: who
 * carries on the orders that are placed or canceled through this book.
 */
export const postgresOrderBook = (sql: Queryable, drivenBy: DrivenBy = 'calls'): EventedBook => {
  const awaiting = (...what: readonly Awaited[]) => (drivenBy === 'events' ? what : null);

  const book: EventedBook = {
    async standing({ shopper, key, bodyDigest }): Promise<Standing> {
      const { rows } = await sql.query<
        OrderRow & { body_digest: string | null; turn: number; open_order: string | null }
      >(
        `select ${COLUMNS}, k.body_digest, coalesce(s.turn, 0)::bigint as turn, s.open_order
         from (select $1::uuid as shopper_id) as me
         left join orders.shoppers s on s.shopper_id = me.shopper_id
         left join orders.idempotency_keys k on k.shopper_id = me.shopper_id and k.key = $2
         left join orders.orders o on o.id = k.order_id`,
        [shopper, key],
      );
      const row = rows[0];
      if (row && row.body_digest !== null) {
        return row.body_digest === bodyDigest ? { state: 'replay', order: toOrder(row) } : { state: 'key-reused' };
      }
      return row?.open_order ? { state: 'in-progress' } : { state: 'ready', turn: row?.turn ?? 0 };
    },

    async place(order) {
      const now = new Date();
      const { rows } = await sql.query<OrderRow>(
        `with my_turn as (
           insert into orders.shoppers as s (shopper_id, turn, open_order) values ($2, $3::bigint + 1, $1)
           on conflict (shopper_id) do update set turn = excluded.turn, open_order = excluded.open_order
             where s.turn = $3 and s.open_order is null
           returning shopper_id),
         o as (
           insert into orders.orders (id, shopper_id, status, lines, total_amount, currency, shipping_address,
                                      payment_token, due_at, created_at, updated_at, awaiting)
           select $1, shopper_id, 'pending', $4::jsonb, $5, $6, $7::jsonb, $8, $9, $10, $10, $13::text[] from my_turn
           returning id, status, reason, lines, total_amount, shipping_address, created_at, updated_at),
         key as (
           insert into orders.idempotency_keys (shopper_id, key, body_digest, order_id, created_at)
           select $2, $11, $12, o.id, $10 from o)
         select ${COLUMNS} from o`,
        [
          order.id,
          order.shopper,
          order.turn,
          JSON.stringify(order.lines),
          order.total.amount,
          order.total.currency,
          JSON.stringify(order.shippingAddress),
          order.paymentToken,
          new Date(now.getTime() + GRACE_MS),
          now,
          order.key,
          order.bodyDigest,
          awaiting('outcome'),
        ],
      );
      if (rows[0]) return { state: 'placed', order: toOrder(rows[0]) };
      // Another checkout got in between: this one's twin, or one under another key that may be over already.
      const standing = await book.standing(order);
      return standing.state === 'ready' ? { state: 'in-progress' } : standing;
    },

    async find(orderId) {
      // Whoever waits for the cart has to ask it: a cancellation that waited for the cart's confirmation still took
      // the shopper's open order from its own snapshot.
      const { rows } = await sql.query<UndertakingRow>(
        `select ${COLUMNS}, o.shopper_id, o.payment_token, o.due_at is not null as unfinished, o.failing_since,
           case when o.status = 'canceled' and o.awaiting is not null then 'cart' = any (o.awaiting)
             else s.open_order is not distinct from o.id end as lines_in_cart
         from orders.orders o left join orders.shoppers s on s.shopper_id = o.shopper_id where o.id = $1`,
        [orderId],
      );
      const row = rows[0];
      return (
        row && {
          order: toOrder(row),
          shopper: row.shopper_id,
          paymentToken: row.payment_token ?? undefined,
          unfinished: row.unfinished,
          linesInCart: row.lines_in_cart,
          failingSince: row.failing_since?.toISOString(),
        }
      );
    },

    markPaid: (orderId) =>
      decided(
        orderId,
        `update orders.orders o set status = 'paid', payment_token = null, updated_at = $2,
           awaiting = case when o.awaiting is null then null else array['sale', 'cart'] end
         where o.id = $1 and o.status = 'pending' returning ${COLUMNS}`,
        [new Date()],
      ),

    reject: (orderId, reason) =>
      decided(
        orderId,
        `with o as (
           update orders.orders set status = 'rejected', reason = $3, payment_token = null, due_at = null, updated_at = $2,
             awaiting = case when awaiting is null then null else '{}'::text[] end
           where id = $1 and status = 'pending'
           returning id, shopper_id, status, reason, lines, total_amount, shipping_address, created_at, updated_at),
         free as (
           update orders.shoppers s set open_order = null from o where s.shopper_id = o.shopper_id and s.open_order = o.id)
         select ${COLUMNS} from o`,
        [new Date(), reason],
      ),

    async cancel(shopper, orderId) {
      const now = new Date();
      const { rows } = await sql.query<OrderRow>(
        `update orders.orders o set status = 'canceled', updated_at = $3, due_at = $4, attempts = 0, failing_since = null,
           awaiting = case when $5::text[] is not null then
             $5::text[] || case when s.open_order = o.id then array['cart'] else '{}' end end
         from orders.shoppers s
         where o.id = $1 and o.shopper_id = $2 and o.status = 'paid' and s.shopper_id = o.shopper_id
         returning ${COLUMNS}`,
        [orderId, shopper, now, new Date(now.getTime() + GRACE_MS), awaiting('return', 'refund')],
      );
      if (rows[0]) return ok(toOrder(rows[0]));
      const order = await postgresOrderQueries(sql).read(shopper, orderId);
      if (!order) return err({ code: 'not-found' });
      return order.status === 'canceled' ? ok(order) : err({ code: 'not-cancelable' });
    },

    async finish({ id, status }) {
      await sql.query(
        `with done as (
           update orders.orders set due_at = null, awaiting = case when awaiting is null then null else '{}'::text[] end
           where id = $1 and status = $2 and status <> 'pending'
           returning id, shopper_id)
         update orders.shoppers s set open_order = null from done
         where s.shopper_id = done.shopper_id and s.open_order = done.id`,
        [id, status],
      );
    },

    async confirm(orderId, heard) {
      await sql.query(
        `with o as (
           update orders.orders set awaiting = array_remove(awaiting, $2),
             due_at = case when array_remove(awaiting, $2) = '{}' then null else due_at end
           where id = $1 and $2 = any (awaiting) and status <> 'pending'
           returning id, shopper_id, awaiting)
         update orders.shoppers s set open_order = null from o
         where s.shopper_id = o.shopper_id and s.open_order = o.id and not 'cart' = any (o.awaiting)`,
        [orderId, heard],
      );
    },

    async postpone(orderId) {
      const now = new Date();
      await sql.query(
        `update orders.orders
         set attempts = attempts + 1, failing_since = coalesce(failing_since, $2),
             due_at = $2::timestamptz + least($3::integer * 2 ^ least(attempts, 20), $4) * interval '1 millisecond'
         where id = $1 and due_at is not null`,
        [orderId, now, retryDelay(0), retryDelay(Infinity)],
      );
    },
  };

  /** Runs a change that only a pending order takes; if somebody else decided it first, that stands. */
  async function decided(orderId: string, statement: string, values: readonly unknown[]): Promise<Order> {
    const { rows } = await sql.query<OrderRow>(statement, [orderId, ...values]);
    if (rows[0]) return toOrder(rows[0]);
    const found = await book.find(orderId);
    if (!found) throw new Error(`there is no order ${orderId}`);
    return found.order;
  }

  return book;
};
