import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { dropDatabases, provisionDatabases } from '@twinstore/local';
import { migrate, openPostgres, type Database, type Migrations } from '@twinstore/platform';

const adminUrl = process.env['TEST_POSTGRES_URL'];

/** `describe`, or its skipping twin with the reason in the title: what cannot run is skipped, never passed. */
export const describeWithPostgres = (title: string, tests: () => void): void =>
  adminUrl === undefined
    ? describe.skip(`${title} (skipped: TEST_POSTGRES_URL is not set)`, tests)
    : describe(title, tests);

export interface ThrowawayDatabase {
  readonly url: string;
  readonly db: Database;
  /** Closes and deletes it. */
  close(): Promise<void>;
}

/** A PostgreSQL database of a test's own, with the modules' tables in it. */
export async function throwawayDatabase(migrations: readonly Migrations[]): Promise<ThrowawayDatabase> {
  const admin = adminUrl as string;
  const names = { prefix: 'test_', suffix: `_${process.pid}_${randomBytes(4).toString('hex')}` };
  const { monolith: url } = await provisionDatabases(admin, ['monolith'], names);
  await migrate(url, migrations);
  // Dropping the database may cut connections that are just being closed.
  const db = openPostgres(url, () => {});
  return {
    url,
    db,
    async close() {
      await db.close();
      await dropDatabases(admin, ['monolith'], names);
    },
  };
}
