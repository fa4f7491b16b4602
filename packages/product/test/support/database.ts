import { randomBytes } from 'node:crypto';
import { migrate, openPostgres, type Database } from '@twinstore/platform';
import { productMigrations } from '../../src/index.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  drop(): Promise<void>;
}

/** A migrated database of its own on the server that TEST_POSTGRES_URL names. */
export async function testDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env['TEST_POSTGRES_URL'];
  if (!adminUrl) throw new Error('TEST_POSTGRES_URL is missing: run the tests with npm test');
  const name = `product_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${name} template template0 encoding 'UTF8'`);
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  await migrate(url, [productMigrations]);
  const db = openPostgres(url, () => {});
  return {
    url,
    db,
    async drop() {
      await db.close();
      await asAdmin(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = openPostgres(url, () => {}, 1);
  await admin.query(statement);
  await admin.close();
}
