import { join } from 'node:path';
import { type Backing, findBacking } from './backing.ts';
import { dropDatabases, provisionDatabases, storeDatabases } from './databases.ts';
import { dropMongoDatabase, mongoDatabase } from './mongo.ts';
import { stateDir } from './paths.ts';
import { deleteNamespace } from './rabbit-namespace.ts';
import { removeRunFolder, runFolder, sweepRunFolders } from './run-folder.ts';
import type { Settings } from './settings.ts';
import { type DoorName, doorProcess, doorsWith, type Stack, startStack } from './stack.ts';

/** This door runs as doors do by default; the others, and all services, keep spans. */
const withoutXray: DoorName = 'direct';
export const hasXray = ({ name }: { readonly name: DoorName }): boolean => name !== withoutXray;

/** The databases and the broker, and the stores where asked for, of one `npm test`. Everything in it is this run's own,
 *  so that any number of runs and an `npm start` can go on beside each other. */
export interface TestBed extends Pick<Backing, 'postgres' | 'mongo' | 'rabbit'> {
  readonly adminToken: string;
  readonly logDir: string;
  /** Starts a store with all doors that can be run, on free ports; once. */
  startDoors(): Promise<Stack>;
  stop(): Promise<void>;
}

/** Finds or starts what tests run against.
 *  @param wantsRabbit  whether to look for a RabbitMQ too
 *  @throws Refusal  nothing is left running */
export async function openTestBed(
  settings: Settings,
  wantsRabbit: boolean,
  signal?: AbortSignal,
  onProgress?: (line: string) => void,
): Promise<TestBed> {
  sweepRunFolders('test');
  const folder = runFolder('test');
  const logDir = join(stateDir, 'logs', folder);
  const suffix = `_${folder.replace('-', '_')}`;
  const own = (name: string) => ({ folder: join(folder, name), logFile: join(logDir, `${name}.log`) });
  const backing = await findBacking({
    postgres: { url: settings.POSTGRES_URL, ...own('postgres'), throwaway: true, unsafe: true },
    mongo: { url: settings.MONGODB_URL, ...own('mongodb') },
    rabbit: wantsRabbit
      ? { url: settings.RABBITMQ_URL, ...own('rabbitmq'), throwaway: true, install: true }
      : undefined,
    signal,
    ...(onProgress && { onProgress }),
  });
  const { postgres, mongo, rabbit } = backing;
  const mongoUrl = 'missing' in mongo ? undefined : mongoDatabase(mongo.url, `twinstore_cart${suffix}`);
  const rabbitUrl = 'missing' in rabbit ? undefined : rabbit.url;
  const messageNamespace = `twinstore${suffix}`;
  const adminToken = 'test-admin-token';
  let stack: Stack | undefined;
  return {
    postgres,
    mongo,
    rabbit,
    adminToken,
    logDir,
    async startDoors() {
      stack = await startStack({
        doors: doorsWith(rabbitUrl),
        databases: await provisionDatabases(postgres.adminUrl, storeDatabases, { suffix }),
        mongoUrl,
        rabbitUrl,
        messageNamespace,
        seedProducts: 300,
        env: { ADMIN_TOKEN: adminToken, XRAY: 'on' },
        envOf: { [doorProcess[withoutXray]]: { XRAY: 'off' } },
        logDir,
        ...(signal && { signal }),
      });
      return stack;
    },
    async stop() {
      await stack?.stop(8_000);
      // What is ours goes with its folder; from a server that was given, only what this run put there.
      if (mongoUrl) await dropMongoDatabase(mongoUrl).catch(() => {});
      if (settings.RABBITMQ_URL && rabbitUrl) await deleteNamespace(rabbitUrl, messageNamespace);
      if (settings.POSTGRES_URL) await dropDatabases(postgres.adminUrl, storeDatabases, { suffix });
      await backing.stop();
      removeRunFolder(folder);
    },
  };
}
