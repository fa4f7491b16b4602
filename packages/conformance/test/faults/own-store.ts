import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dropDatabases,
  dropMongoDatabase,
  findRabbit,
  missingRabbit,
  mongoDatabase,
  provisionDatabases,
  Refusal,
  removeRunFolder,
  runFolder,
  startStack,
  storeDatabases,
  type DoorName,
  type Rabbit,
  type Stack,
  type StoreDatabase,
} from '@twinstore/local';
import type { Door } from '../../src/index.ts';

const { TEST_POSTGRES_URL, TEST_MONGODB_URL } = process.env;

/** Why no store with this front door can be started here; undefined when one can. */
export function missingFor(name: DoorName): string | undefined {
  if (TEST_POSTGRES_URL === undefined) return 'TEST_POSTGRES_URL is not set';
  return name === 'choreographed' ? missingRabbit() : undefined;
}

/** A RabbitMQ of a store's own. `kill -9` takes only the process: its data and its URL are there at the next start. */
export interface OwnBroker {
  readonly url: string;
  readonly namespace: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A store of a test's own, which it may treat as it likes. */
export interface OwnStore {
  readonly door: Door;
  readonly processes: Stack['processes'];
  readonly databases: Readonly<Record<StoreDatabase, string>>;
  /** Only behind the door `choreographed`. */
  readonly broker: OwnBroker | undefined;
  /** Stops it and deletes its data. */
  close(): Promise<void>;
}

const NAMESPACE = 'own';

/** Starts all that one front door needs, on free ports and with databases of its own. */
export async function startOwnStore(name: DoorName): Promise<OwnStore> {
  const adminUrl = TEST_POSTGRES_URL ?? '';
  const suffix = `_own_${process.pid}_${randomBytes(4).toString('hex')}`;
  const databases = await provisionDatabases(adminUrl, storeDatabases, { suffix });
  const mongoUrl = TEST_MONGODB_URL && mongoDatabase(TEST_MONGODB_URL, `twinstore_cart${suffix}`);
  const logDir = await mkdtemp(join(tmpdir(), 'own-store-'));
  const adminToken = 'own-admin-token';
  let rabbit: Rabbit | undefined;
  const drop = async () => {
    await rabbit?.stop();
    if (rabbit) removeRunFolder(runFolder('test'));
    await dropDatabases(adminUrl, storeDatabases, { suffix });
    if (mongoUrl) await dropMongoDatabase(mongoUrl);
    await rm(logDir, { recursive: true });
  };
  let stack: Stack;
  try {
    if (name === 'choreographed') rabbit = await startRabbit(suffix, logDir);
    // What is killed complains loudly, and so do those that call it.
    const env = { ADMIN_TOKEN: adminToken, LOG_LEVEL: 'error' };
    const rabbitUrl = rabbit?.url;
    stack = await startStack({
      doors: [name],
      databases,
      mongoUrl,
      rabbitUrl,
      messageNamespace: NAMESPACE,
      seedProducts: 0,
      env,
      logDir,
    });
  } catch (error) {
    await drop();
    throw error;
  }
  const [door] = stack.doors;
  return {
    door: { name, url: door?.url ?? '', providerUrl: stack.providerUrl, adminToken },
    processes: stack.processes,
    databases,
    broker: rabbit && brokerOf(rabbit),
    async close() {
      await stack.stop();
      await drop();
    },
  };
}

async function startRabbit(suffix: string, logDir: string): Promise<Rabbit> {
  const folder = join(runFolder('test'), `rabbitmq${suffix}`);
  const rabbit = await findRabbit({ folder, throwaway: true, logFile: join(logDir, 'rabbitmq.log') });
  if ('missing' in rabbit) throw new Refusal(rabbit.missing);
  return rabbit;
}

function brokerOf({ url, server }: Rabbit): OwnBroker {
  if (!server) throw new Error('a broker of our own is one that we run');
  return { url, namespace: NAMESPACE, kill: () => server.kill(), start: () => server.start() };
}
