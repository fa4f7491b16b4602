import { events, type Announcement, type CloudEvent, type EventType } from '@twinstore/contracts';
import { newId } from '../ids.ts';
import type { Migrations } from '../migrate.ts';
import type { Queryable } from '../postgres.ts';
import { childTraceparent, currentRequest } from '../request-context.ts';
import { sentEvent } from '../tracing/event-span.ts';

/** The tables `outbox` and `inbox`, in a schema of their own beside the module's. */
export const messagingMigrations: Migrations = {
  schema: 'messaging',
  directory: new URL('../../migrations/', import.meta.url),
};

export interface Outbox {
  /** Writes down what there is to say; it is published once `sql`'s transaction has committed, and only then. */
  announce(said: readonly Announcement[]): Promise<void>;
}

/** `source`: who says it, for example `/product-service`. */
export const postgresOutbox = (sql: Queryable, source: string): Outbox => ({
  async announce(said) {
    if (said.length === 0) return;
    const request = currentRequest();
    const rows = said.map(({ type, data }) => {
      const id = newId();
      return {
        id,
        type,
        subject: data.orderId,
        traceparent: sentEvent(type, id) ?? (request ? childTraceparent(request) : null),
        // What is no valid payload, or more than it, goes no further than its maker.
        data: events[type].parse(data),
      };
    });
    await sql.query(
      `insert into messaging.outbox (id, type, subject, source, traceparent, data)
       select id, type, subject, $2, traceparent, data
       from jsonb_to_recordset($1::jsonb) as said (id uuid, type text, subject uuid, traceparent text, data jsonb)`,
      [JSON.stringify(rows), source],
    );
  },
});

interface OutboxRow {
  readonly id: string;
  readonly seq: number;
  readonly type: EventType;
  readonly subject: string;
  readonly source: string;
  readonly traceparent: string | null;
  readonly data: unknown;
  readonly said_at: Date;
}

/** What a relay does with the outbox. Each is one statement, committed before the next step. */
export interface OutboxQueue {
  /** Takes up to so many events for 5 s, the oldest first; none that another relay has in hand. */
  claim(limit: number): Promise<readonly CloudEvent[]>;
  /** The broker has them. */
  remove(ids: readonly string[]): Promise<void>;
  /** Gives them up before the claim runs out. */
  release(ids: readonly string[]): Promise<void>;
}

export const outboxQueue = (sql: Queryable): OutboxQueue => ({
  async claim(limit) {
    const { rows } = await sql.query<OutboxRow>(
      `with due as materialized (
         select seq from messaging.outbox where claimed_until < clock_timestamp()
         order by seq limit $1 for update skip locked
       )
       update messaging.outbox said set claimed_until = clock_timestamp() + interval '5 s'
       from due where said.seq = due.seq
       returning said.id, said.seq, said.type, said.subject, said.source, said.traceparent, said.data, said.said_at`,
      [limit],
    );
    return rows.sort((a, b) => a.seq - b.seq).map(toEvent);
  },
  async remove(ids) {
    await sql.query('delete from messaging.outbox where id = any($1::uuid[])', [ids]);
  },
  async release(ids) {
    await sql.query(`update messaging.outbox set claimed_until = '-infinity' where id = any($1::uuid[])`, [ids]);
  },
});

const toEvent = (row: OutboxRow): CloudEvent => ({
  specversion: '1.0',
  id: row.id,
  source: row.source,
  type: row.type,
  subject: row.subject,
  time: row.said_at.toISOString(),
  datacontenttype: 'application/json',
  ...(row.traceparent !== null && { traceparent: row.traceparent }),
  data: row.data,
});
