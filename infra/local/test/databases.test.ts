import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { dropDatabases, provisionDatabases } from '../src/databases.ts';

const adminUrl = process.env.TEST_POSTGRES_URL!;
const names = ['cart', 'order'] as const;
const options = { suffix: `_databases_test_${process.pid}` };

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The same login, at another's database. */
function at(url: string, other: string): string {
  const changed = new URL(url);
  changed.pathname = new URL(other).pathname;
  return changed.href;
}

describe('provisioned databases', () => {
  let urls: Record<(typeof names)[number], string>;
  beforeAll(async () => {
    urls = await provisionDatabases(adminUrl, names, options);
  });
  afterAll(() => dropDatabases(adminUrl, names, options));

  it('belong to the role that their URL names', async () => {
    await query(urls.order, 'create table orders (id int)');
    const owner = `select tableowner from pg_tables where tablename = 'orders'`;
    expect(await query(urls.order, owner)).toEqual([{ tableowner: `twinstore_order${options.suffix}` }]);
  });

  it("refuse every other service's role", async () => {
    await expect(query(at(urls.cart, urls.order), 'select 1')).rejects.toThrow(/permission denied for database/);
    await expect(query(at(urls.order, urls.cart), 'select 1')).rejects.toThrow(/permission denied for database/);
  });

  it('keep their data and their URLs when they are provisioned again', async () => {
    await query(urls.cart, 'create table carts as select 1 as id');
    expect(await provisionDatabases(adminUrl, names, options)).toEqual(urls);
    expect(await query(urls.cart, 'select id from carts')).toEqual([{ id: 1 }]);
  });

  it('can be provisioned by two at once', async () => {
    const twice = { suffix: `${options.suffix}_twice` };
    const both = [1, 2].map(() => provisionDatabases(adminUrl, names, twice));
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    await dropDatabases(adminUrl, names, twice);
  });

  it('can be made and dropped by a role that is no superuser', async () => {
    const manager = `twinstore_manager_${process.pid}`;
    await query(adminUrl, `create role ${manager} login createdb createrole password 'manager'`);
    await query(adminUrl, `grant connect on database ${new URL(adminUrl).pathname.slice(1)} to ${manager}`);
    const url = new URL(adminUrl);
    Object.assign(url, { username: manager, password: 'manager' });
    const managed = { suffix: `${options.suffix}_managed` };
    const made = await provisionDatabases(url.href, names, managed);
    expect(await provisionDatabases(url.href, names, managed)).toEqual(made);
    await query(made.cart, 'create table carts (id int)');
    await expect(query(at(made.cart, made.order), 'select 1')).rejects.toThrow(/permission denied/);
    await dropDatabases(url.href, names, managed);
    await query(adminUrl, `revoke all on database ${new URL(adminUrl).pathname.slice(1)} from ${manager}`);
    await query(adminUrl, `drop role ${manager}`);
  });
});
