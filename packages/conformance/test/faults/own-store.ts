import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dropDatabases,
  dropMongoDatabase,
  mongoDatabase,
  provisionDatabases,
  startStack,
  storeDatabases,
  type DoorName,
  type Stack,
  type StoreDatabase,
} from '@twinstore/local';
import type { Door } from '../../src/index.ts';

const { TEST_POSTGRES_URL, TEST_MONGODB_URL } = process.env;

export const canStartStores = TEST_POSTGRES_URL !== undefined;

/** A store of a test's own, which it may treat as it likes. */
export interface OwnStore {
  readonly door: Door;
  readonly processes: Stack['processes'];
  readonly databases: Readonly<Record<StoreDatabase, string>>;
  /** Stops it and deletes its data. */
  close(): Promise<void>;
}

/** Starts all that one front door needs, on free ports and with databases of its own. */
export async function startOwnStore(name: DoorName): Promise<OwnStore> {
  const adminUrl = TEST_POSTGRES_URL ?? '';
  const suffix = `_own_${process.pid}_${randomBytes(4).toString('hex')}`;
  const databases = await provisionDatabases(adminUrl, storeDatabases, { suffix });
  const mongoUrl = TEST_MONGODB_URL && mongoDatabase(TEST_MONGODB_URL, `twinstore_cart${suffix}`);
  const logDir = await mkdtemp(join(tmpdir(), 'own-store-'));
  const adminToken = 'own-admin-token';
  const drop = async () => {
    await dropDatabases(adminUrl, storeDatabases, { suffix });
    if (mongoUrl) await dropMongoDatabase(mongoUrl);
    await rm(logDir, { recursive: true });
  };
  let stack: Stack;
  try {
    // What is killed complains loudly, and so do those that call it.
    const env = { ADMIN_TOKEN: adminToken, LOG_LEVEL: 'error' };
    stack = await startStack({ doors: [name], databases, mongoUrl, seedProducts: 0, env, logDir });
  } catch (error) {
    await drop();
    throw error;
  }
  const [door] = stack.doors;
  return {
    door: { name, url: door?.url ?? '', providerUrl: stack.providerUrl, adminToken },
    processes: stack.processes,
    databases,
    async close() {
      await stack.stop();
      await drop();
    },
  };
}
