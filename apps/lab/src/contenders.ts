import { join } from 'node:path';
import {
  type DoorName,
  dropMongoDatabase,
  findMongo,
  findPostgres,
  type Mongo,
  mongoDatabase,
  type Postgres,
  provisionDatabases,
  Refusal,
  startStack,
  type Stack,
  storeDatabases,
} from '@twinstore/local';
import { coreList, type CoreLayout } from './cores.ts';
import { processMeter } from './resources.ts';
import { resetProvider, type Running, type Stage } from './stage.ts';

/** Who can be compared, and how each is started. */
export const contenders = {
  monolith: { door: 'monolith', workers: 1, title: 'one process, one PostgreSQL database' },
  'monolith-x2': { door: 'monolith', workers: 2, title: 'the same, cloned by node:cluster into 2 workers' },
  orchestrated: { door: 'orchestrated', workers: 1, title: 'gateway and 4 services; the gateway runs the checkout' },
  direct: { door: 'direct', workers: 1, title: 'gateway and 4 services; the order service runs the checkout' },
} as const satisfies Record<string, { door: DoorName; workers: number; title: string }>;
export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];

export const SEED_PRODUCTS = 1000;

/** What stands outside every contender and serves one after the other. */
interface Outside {
  /** For the payment provider alone. */
  readonly postgres: Postgres;
  /** Only where carts are to be on MongoDB. */
  readonly mongo: Mongo | undefined;
  stop(): Promise<void>;
}

export interface Place {
  /** Folder below `.twinstore` for the data of this run. */
  readonly folder: string;
  /** Folder of the log files. */
  readonly logDir: string;
  readonly cores: CoreLayout;
  readonly signal: AbortSignal;
}

/** Starts each contender afresh. @throws Refusal  nothing is left running */
export async function freshStage(place: Place, mongoUrl: string | undefined, withMongo: boolean): Promise<Stage> {
  const outside = await startOutside(place, mongoUrl, withMongo);
  return {
    start: (contender, trial) => startContender(contender as ContenderName, trial, outside, place),
    stop: () => outside.stop(),
  };
}

/** @throws Refusal  nothing is left running */
async function startOutside(place: Place, mongoUrl: string | undefined, withMongo: boolean): Promise<Outside> {
  const { folder, logDir, cores, signal } = place;
  const postgres = await findPostgres({
    folder: join(folder, 'provider'),
    throwaway: true,
    logFile: join(logDir, 'postgres-provider.log'),
    signal,
    ...(cores.pinned && { cpus: coreList(cores.generator) }),
  });
  const mongo = withMongo
    ? await findMongo({
        url: mongoUrl,
        folder: join(folder, 'mongodb'),
        download: true,
        logFile: join(logDir, 'mongodb.log'),
        signal,
        ...(cores.pinned && { cpus: coreList(cores.contender) }),
      }).catch(async (error: unknown) => {
        await postgres.stop();
        throw error;
      })
    : undefined;
  const stop = async () => {
    if (mongo && !('missing' in mongo)) await mongo.stop();
    await postgres.stop();
  };
  if (mongo && 'missing' in mongo) {
    await stop();
    throw new Refusal(`Carts cannot be on MongoDB: ${mongo.missing}.`);
  }
  return { postgres, mongo, stop };
}

/** Starts a contender on a PostgreSQL server and databases of its own, all of them fresh.
 *  @param trial  a short name of the trial, good for a file
 *  @throws Refusal  nothing is left running */
async function startContender(
  name: ContenderName,
  trial: string,
  { postgres: provider, mongo }: Pick<Outside, 'postgres' | 'mongo'>,
  { folder, logDir, cores, signal }: Place,
): Promise<Running> {
  const { door, workers } = contenders[name];
  const contenderCores = cores.pinned ? coreList(cores.contender) : undefined;
  const logs = join(logDir, trial);
  const postgres = await findPostgres({
    folder: join(folder, trial),
    throwaway: true,
    logFile: join(logs, 'postgres.log'),
    signal,
    ...(contenderCores && { cpus: contenderCores }),
  });
  const suffix = `_${trial.replaceAll('-', '_')}`;
  const mongoUrl = mongo && door !== 'monolith' ? mongoDatabase(mongo.url, `twinstore_cart${suffix}`) : undefined;
  let stack: Stack | undefined;
  const stop = async () => {
    // Its data are deleted anyway, so nothing is lost by not asking politely, and 5 s per trial are won.
    await Promise.all(Object.values(stack?.processes ?? {}).map((process) => process.kill()));
    await postgres.stop();
    if (mongoUrl) await dropMongoDatabase(mongoUrl);
  };
  try {
    const outside = await provisionDatabases(provider.adminUrl, ['provider'], { suffix });
    const inside = await provisionDatabases(
      postgres.adminUrl,
      storeDatabases.filter((name) => name !== 'provider'),
    );
    stack = await startStack({
      doors: [door],
      databases: { ...inside, ...outside } as Record<(typeof storeDatabases)[number], string>,
      mongoUrl,
      seedProducts: SEED_PRODUCTS,
      monolithWorkers: workers,
      env: { ADMIN_TOKEN: 'the-lab-needs-none', LOG_LEVEL: 'warn', NODE_ENV: 'production' },
      ...(contenderCores && { cpus: coresByProcess(contenderCores, coreList(cores.generator)) }),
      logDir: logs,
      signal,
    });
    await resetProvider(stack.providerUrl);
    return running(stack, postgres, { postgres: provider, mongo }, cores, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

const storeProcesses = [
  'monolith',
  'gateway-orchestrated',
  'gateway-direct',
  'product-service',
  'cart-service',
  'order-service',
  'payment-service',
];

const coresByProcess = (contender: string, generator: string): Record<string, string> => ({
  ...Object.fromEntries(storeProcesses.map((name) => [name, contender])),
  'payment-provider': generator,
});

function running(
  stack: Stack,
  postgres: Postgres,
  { postgres: providerPostgres, mongo }: Pick<Outside, 'postgres' | 'mongo'>,
  cores: CoreLayout,
  stop: () => Promise<void>,
): Running {
  const { 'payment-provider': provider, ...own } = stack.processes;
  const servers = { ...own, postgresql: postgres.server!, ...(mongo?.server && { mongodb: mongo.server }) };
  const pidsOf = (daemons: Record<string, { pid: number | undefined } | undefined>) =>
    Object.fromEntries(Object.entries(daemons).flatMap(([name, daemon]) => (daemon?.pid ? [[name, daemon.pid]] : [])));
  return {
    // An address rather than a name: nothing is to be looked up while the clock runs.
    url: stack.doors[0]!.url.replace('localhost', '127.0.0.1'),
    providerUrl: stack.providerUrl,
    postgres: postgres.origin,
    meter: processMeter(
      pidsOf(servers),
      pidsOf({ 'payment-provider': provider, 'postgresql of the provider': providerPostgres.server }),
      cores,
    ),
    onDeath(listener) {
      for (const [name, daemon] of Object.entries({ ...servers, 'payment-provider': provider! })) {
        daemon.onDeath((how) => {
          const words = daemon.lastWords().match(/^\w*Error.*|.*cannot start.*/m)?.[0];
          listener(`${name} ended in mid-trial (${how})${words ? `: ${words}` : ''}`);
        });
      }
    },
    stop,
  };
}
