import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { inTransaction, openPostgres } from '../src/postgres.ts';
import { describeMessaging, openBed, until, type Bed } from './messaging-bed.ts';

describeMessaging('a transaction', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  it('fails, and nothing else does, when its connection is cut between two statements', async () => {
    const { db, url } = await bed.service();
    const errors: Error[] = [];
    const cut = openPostgres(url, (error) => void errors.push(error));
    const working = inTransaction(cut, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await until(() => errors.length > 0);
      await tx.query('select 1');
    });
    await expect(working).rejects.toThrow(/terminat|not queryable/);
    expect(await inTransaction(cut, (tx) => tx.query('select 1 as one'))).toMatchObject({ rows: [{ one: 1 }] });
    await cut.close();
  });
});
