import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { BehaviorChange, type JournalEntry, providerRoutes, storeClient } from '@twinstore/contracts';
import { app, dropDatabases, freePort, type Proc, provisionDatabases } from '@twinstore/local';
import { type Database, migrate, openPostgres } from '@twinstore/platform';
import { paymentMigrations } from '../src/index.ts';

const adminUrl = process.env['TEST_POSTGRES_URL'];

/** `describe`, or its skipping twin with the reason in the title: what cannot run is skipped, never passed. */
export const describeWithPostgres = (title: string, tests: () => void): void =>
  adminUrl === undefined
    ? describe.skip(`${title} (skipped: TEST_POSTGRES_URL is not set)`, tests)
    : describe(title, tests);

export interface TestDatabase {
  readonly db: Database;
  close(): Promise<void>;
}

/** The ledger's database, a test file's own. */
export async function openDatabase(): Promise<TestDatabase> {
  const names = { prefix: 'test_', suffix: newSuffix() };
  const { payment } = await provisionDatabases(adminUrl as string, ['payment'], names);
  await migrate(payment, [paymentMigrations]);
  // Dropping the database may cut connections that are just being closed.
  const db = openPostgres(payment, () => {});
  return {
    db,
    async close() {
      await db.close();
      await dropDatabases(adminUrl as string, ['payment'], names);
    },
  };
}

/** The real provider, as a process with a database of its own. */
export interface RunningProvider extends Pick<Proc, 'url' | 'start' | 'kill'> {
  behave(behavior: typeof BehaviorChange._input): Promise<void>;
  journal(orderId: string): Promise<readonly JournalEntry[]>;
  close(): Promise<void>;
}

export async function startProvider(): Promise<RunningProvider> {
  const names = { prefix: 'test_', suffix: newSuffix() };
  const { provider } = await provisionDatabases(adminUrl as string, ['provider'], names);
  const logDir = await mkdtemp(join(tmpdir(), 'payment-test-'));
  const env = { POSTGRES_URL: provider, LOG_LEVEL: 'warn' };
  const running = app({ app: 'payment-provider', port: await freePort(), env, logDir });
  await running.start();
  const client = storeClient(running.url);
  return {
    url: running.url,
    start: running.start,
    kill: running.kill,
    async behave(behavior) {
      const answer = await client.call(providerRoutes.putBehavior, { body: behavior });
      if (!answer.ok) throw new Error(`the behavior was refused: ${JSON.stringify(answer.problem)}`);
    },
    async journal(orderId) {
      const answer = await client.call(providerRoutes.readJournal, { query: { orderId } });
      if (!answer.ok) throw new Error(`the journal cannot be read: ${answer.problem.title}`);
      return answer.body.items;
    },
    async close() {
      await running.stop();
      await dropDatabases(adminUrl as string, ['provider'], names);
      await rm(logDir, { recursive: true });
    },
  };
}

const newSuffix = () => `_${process.pid}_${randomBytes(4).toString('hex')}`;
