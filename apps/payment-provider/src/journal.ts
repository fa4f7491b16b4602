import type { Journal, JournalEntry } from '@twinstore/contracts';
import type { Queryable } from '@twinstore/platform';

export const PAGE = 200;

/** Before every UUID that can be an entry's. */
const START = '00000000-0000-0000-0000-000000000000';

interface Row {
  id: string;
  key: string;
  order_id: string;
  kind: JournalEntry['kind'];
  outcome: JournalEntry['outcome'];
  amount: number;
  currency: 'USD';
  at: Date;
}

// The limit stands in both halves too: without it PostgreSQL sorts all that ever happened for each page.
const entries = (condition: string) => `
  select id, key, order_id, kind, outcome, amount, currency, at from (
    (select id, key, order_id, 'charge' as kind, outcome, amount, currency, at
       from provider.charges where outcome <> 'voided' and ${condition} order by id limit ${PAGE + 1})
    union all
    (select id, key, order_id, 'refund', 'refunded', amount, currency, at
       from provider.refunds where ${condition} order by id limit ${PAGE + 1})
  ) entries order by id limit ${PAGE + 1}`;

const OF_ALL = entries('id > $1');
const OF_ORDER = entries('id > $1 and order_id = $2');

/**
 * A page of the journal: charges that were decided and refunds, oldest first. `after` is the id of the last entry of the
 * page before. An entry that is being written at this very moment may come to stand before one already read: who needs
 * all of them asks when nothing is going on.
 */
export async function readJournal(sql: Queryable, orderId: string | undefined, after = START): Promise<Journal> {
  const { rows } = await (orderId === undefined
    ? sql.query<Row>(OF_ALL, [after])
    : sql.query<Row>(OF_ORDER, [after, orderId]));
  const items = rows.slice(0, PAGE).map(toEntry);
  return { items, nextCursor: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
}

/** When a UUIDv7 was made. Entries take their time from their id, so that both put them in the same order. */
export const timeOf = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

const toEntry = ({ id, key, order_id, kind, outcome, amount, currency, at }: Row): JournalEntry => ({
  id,
  key,
  orderId: order_id,
  kind,
  outcome,
  amount: { amount, currency },
  at: at.toISOString(),
});
