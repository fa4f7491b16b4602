import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { freePort } from '@twinstore/local';
import { inTransaction, openPostgres } from '../src/postgres.ts';
import { describeMessaging, openBed, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';

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
    await expect(working).rejects.toMatchObject({ problem: 'service-unavailable' });
    expect(await inTransaction(cut, (tx) => tx.query('select 1 as one'))).toMatchObject({ rows: [{ one: 1 }] });
    await cut.close();
  });

  it('says that the database is away when it is, and not when a statement is wrong', async () => {
    const { db, url } = await bed.service();
    const nowhere = openPostgres(url.replace(/:\d+\//, `:${await freePort()}/`), () => {});
    const away = { problem: 'service-unavailable' };
    await expect(nowhere.query('select 1')).rejects.toMatchObject(away);
    await expect(inTransaction(nowhere, async () => {})).rejects.toMatchObject(away);
    await expect(db.query('select 1 / 0')).rejects.not.toMatchObject(away);
    await nowhere.close();
  });
});
