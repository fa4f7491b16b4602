import type { Queryable } from '../postgres.ts';

/** Remembers which events have had their effect, in the transaction of that effect. */
export interface Inbox {
  /** Whether this is the first time. A twin that is being handled elsewhere is waited for. */
  take(eventId: string): Promise<boolean>;
  /** Forgets those so old that no twin of theirs can be under way any more. */
  forgetOld(): Promise<void>;
}

export const postgresInbox = (sql: Queryable): Inbox => ({
  async take(eventId) {
    const { rowCount } = await sql.query(
      'insert into messaging.inbox (event_id) values ($1) on conflict (event_id) do nothing',
      [eventId],
    );
    return rowCount === 1;
  },
  async forgetOld() {
    await sql.query(`delete from messaging.inbox where received_at < now() - interval '7 days'`);
  },
});
