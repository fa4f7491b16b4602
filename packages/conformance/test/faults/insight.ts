import type { DoorName } from '@twinstore/local';
import { openPostgres, type Database } from '@twinstore/platform';
import type { OwnStore } from './own-store.ts';

/** What a store still has in hand: nothing of it can be seen from outside, and all of it has to be done in time. */
const QUESTIONS = {
  order: [
    ['orders that are pending', `select count(*) as n from orders.orders where status = 'pending'`],
    ['orders with a step left to do', 'select count(*) as n from orders.orders where due_at is not null'],
    ['shoppers who may not check out', 'select count(*) as n from orders.shoppers where open_order is not null'],
  ],
  product: [
    ['reservations that nobody decided', `select count(*) as n from product.reservations where state = 'reserved'`],
    ['products with reserved units', 'select count(*) as n from product.stock where reserved > 0'],
    [
      'products whose stock does not add up',
      `select count(*) as n from product.stock
       where received <> on_hand + reserved + sold - returned or least(on_hand, reserved, sold, returned) < 0`,
    ],
  ],
  payment: [['charges that may have been made', `select count(*) as n from payment.charges where state = 'open'`]],
} as const;

/** The same, where the services tell each other what happened. */
const QUESTIONS_OF_EVENTS = {
  order: [['events of the order service that nobody was told', 'select count(*) as n from messaging.outbox']],
  product: [['events of the product service that nobody was told', 'select count(*) as n from messaging.outbox']],
  payment: [
    ['events of the payment service that nobody was told', 'select count(*) as n from messaging.outbox'],
    [
      'payments that were asked for and not made',
      'select count(*) as n from payment.requests where due_at is not null',
    ],
    ['tokens of cards that are still kept', 'select count(*) as n from payment.requests where token is not null'],
  ],
} as const;

export interface Insight {
  /** What is not finished, as sentences. */
  unfinished(): Promise<readonly string[]>;
  pendingOrders(): Promise<number>;
  /** Which of these orders are in the store's books as paid. */
  paidAmong(ids: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A look into a store's databases, for what its front door does not tell. */
export function insightInto({ databases }: OwnStore, style: DoorName): Insight {
  const owners = ['order', 'product', 'payment'] as const;
  const open = new Map<string, Database>();
  const of = (owner: (typeof owners)[number]): Database => {
    const url = style === 'monolith' ? databases.monolith : databases[owner];
    const db = open.get(url) ?? openPostgres(url, () => {}, 2);
    open.set(url, db);
    return db;
  };
  const count = async (db: Database, statement: string) => {
    const { rows } = await db.query<{ n: number }>(statement);
    return rows[0]?.n ?? 0;
  };
  return {
    async unfinished() {
      const found: string[] = [];
      for (const owner of owners) {
        const questions = style === 'monolith' ? [] : QUESTIONS_OF_EVENTS[owner];
        for (const [what, statement] of [...QUESTIONS[owner], ...questions]) {
          const n = await count(of(owner), statement);
          if (n > 0) found.push(`there are ${n} ${what}`);
        }
      }
      return found;
    },
    pendingOrders: () => count(of('order'), QUESTIONS.order[0][1]),
    async paidAmong(ids) {
      const { rows } = await of('order').query<{ id: string }>(
        `select id from orders.orders where status = 'paid' and id = any ($1::uuid[])`,
        [ids],
      );
      return rows.map(({ id }) => id);
    },
    async close() {
      await Promise.all([...open.values()].map((db) => db.close()));
    },
  };
}
