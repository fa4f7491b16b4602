import { join } from 'node:path';
import { dropDatabases, provisionDatabases, storeDatabases } from './databases.ts';
import { dropMongoDatabase, findMongo, type Mongo, mongoDatabase } from './mongo.ts';
import { stateDir } from './paths.ts';
import { findPostgres, type Postgres } from './postgres.ts';
import { removeRunFolder, runFolder, sweepRunFolders } from './run-folder.ts';
import type { Settings } from './settings.ts';
import { doorNames, type Stack, startStack } from './stack.ts';

/** The databases, and the stores where asked for, of one `npm test`. Everything in it is this run's own, so that any
 *  number of runs and an `npm start` can go on beside each other. */
export interface TestBed {
  readonly postgres: Postgres;
  readonly mongo: Mongo | { readonly missing: string };
  readonly adminToken: string;
  readonly logDir: string;
  /** Starts a store with all doors on free ports; once. */
  startDoors(): Promise<Stack>;
  stop(): Promise<void>;
}

/** Finds or starts what tests run against.
 *  @throws Refusal  nothing is left running */
export async function openTestBed(settings: Settings, signal?: AbortSignal): Promise<TestBed> {
  sweepRunFolders('test');
  const folder = runFolder('test');
  const logDir = join(stateDir, 'logs', folder);
  const suffix = `_${folder.replace('-', '_')}`;
  const common = { logDir, ...(signal && { signal }) };
  const postgres = await findPostgres({
    url: settings.POSTGRES_URL,
    folder: join(folder, 'postgres'),
    logFile: join(logDir, 'postgres.log'),
    throwaway: true,
    unsafe: true,
    ...common,
  });
  const mongo = await findMongo({
    url: settings.MONGODB_URL,
    folder: join(folder, 'mongodb'),
    logFile: join(logDir, 'mongodb.log'),
    ...common,
  }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  const adminToken = 'test-admin-token';
  let stack: Stack | undefined;
  return {
    postgres,
    mongo,
    adminToken,
    logDir,
    async startDoors() {
      const databases = await provisionDatabases(postgres.adminUrl, storeDatabases, { suffix });
      const mongoUrl = 'missing' in mongo ? undefined : mongoDatabase(mongo.url, `twinstore_cart${suffix}`);
      const env = { ADMIN_TOKEN: adminToken };
      stack = await startStack({ doors: doorNames, databases, mongoUrl, seedProducts: 300, env, ...common });
      return stack;
    },
    async stop() {
      await stack?.stop(8_000);
      if (!('missing' in mongo)) {
        await dropMongoDatabase(mongoDatabase(mongo.url, `twinstore_cart${suffix}`)).catch(() => {});
        await mongo.stop();
      }
      if (settings.POSTGRES_URL) await dropDatabases(postgres.adminUrl, storeDatabases, { suffix });
      await postgres.stop();
      removeRunFolder(folder);
    },
  };
}
