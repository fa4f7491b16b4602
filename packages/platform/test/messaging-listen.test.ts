import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { listenPostgres } from '../src/listen.ts';
import { describeMessaging, openBed, type Bed } from './messaging-bed.ts';
import { until } from './until.ts';

describeMessaging('listening to PostgreSQL', () => {
  let bed: Bed;
  beforeEach(() => {
    bed = openBed();
  });
  afterEach(() => bed.close());

  it('hears notices, listens again after its connection was cut, and says so', async () => {
    const { db, url } = await bed.service();
    const heard: string[] = [];
    let connections = 0;
    const ears = listenPostgres({
      url,
      channels: ['here', 'Not "there"'],
      onNotice: (channel, payload) => void heard.push(`${channel}: ${payload}`),
      onConnected: () => (connections += 1),
      log: bed.log,
    });
    await until(() => connections === 1);
    await db.query(`select pg_notify('here', 'one'), pg_notify('Not "there"', 'two'), pg_notify('elsewhere', 'three')`);
    await until(() => heard.length === 2);
    await db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where query like 'listen%' and datname = current_database()`,
    );
    await until(() => connections === 2);
    await db.query(`select pg_notify('here', 'four')`);
    await until(() => heard.length === 3);
    await ears.close();
    expect(heard).toEqual(['here: one', 'Not "there": two', 'here: four']);
    const listeners = `select pid from pg_stat_activity where query like 'listen%' and datname = current_database()`;
    await until(async () => (await db.query(listeners)).rowCount === 0);
  });

  it('closes while there is nobody to listen to', async () => {
    const lines = bed.lines;
    const ears = listenPostgres({
      url: 'postgres://nobody@127.0.0.1:1/nowhere',
      channels: ['here'],
      onNotice: () => {},
      onConnected: () => {},
      log: bed.log,
    });
    await until(() => lines.some(({ msg }) => msg.startsWith('does not hear from the database')));
    await ears.close();
  });
});
