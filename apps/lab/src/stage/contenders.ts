import { join } from 'node:path';
import {
  type DoorName,
  dropMongoDatabase,
  findPostgres,
  mongoDatabase,
  type Postgres,
  provisionDatabases,
  type Rabbit,
  startStack,
  type Stack,
  storeDatabases,
} from '@twinstore/local';
import { brokerFault, startBroker } from './broker.ts';
import { coreList, type CoreLayout } from '../machine/cores.ts';
import { type Outside, startOutside } from './outside.ts';
import { processMeter } from '../machine/resources.ts';
import { type Place, resetProvider, type Running, type Stage } from './stage.ts';

/** Who can be compared, and how each is started. */
export const contenders = {
  monolith: { door: 'monolith', workers: 1, title: 'one process, one PostgreSQL database' },
  'monolith-x2': { door: 'monolith', workers: 2, title: 'the same, cloned by node:cluster into 2 workers' },
  orchestrated: { door: 'orchestrated', workers: 1, title: 'gateway and 4 services; the gateway runs the checkout' },
  direct: { door: 'direct', workers: 1, title: 'gateway and 4 services; the order service runs the checkout' },
  choreographed: { door: 'choreographed', workers: 1, title: 'gateway and 4 services; events through RabbitMQ' },
} as const satisfies Record<string, { door: DoorName; workers: number; title: string }>;
export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];

export const SEED_PRODUCTS = 1000;

const needsBroker = (contender: string) => contenders[contender as ContenderName].door === 'choreographed';

/** Starts each contender afresh, and finds out which of the `wanted` ones can be had here.
 *  @throws Refusal  nothing is left running */
export async function freshStage(
  wanted: readonly string[],
  place: Place,
  mongoUrl: string | undefined,
  withMongo: boolean,
): Promise<Stage> {
  const fault = wanted.some(needsBroker) ? await brokerFault(place) : undefined;
  const outside = await startOutside(place, mongoUrl, withMongo);
  return {
    leftOut: fault === undefined ? [] : wanted.filter(needsBroker).map((contender) => ({ contender, why: fault })),
    start: (contender, trial) => startContender(contender as ContenderName, trial, outside, place),
    stop: () => outside.stop(),
  };
}

/** Starts a contender on a PostgreSQL server and databases of its own, all of them fresh.
 *  @param trial  a short name of the trial, good for a file
 *  @throws Refusal  nothing is left running */
async function startContender(
  name: ContenderName,
  trial: string,
  { postgres: provider, mongo }: Pick<Outside, 'postgres' | 'mongo'>,
  place: Place,
): Promise<Running> {
  const { folder, logDir, cores, signal } = place;
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
  let broker: Rabbit | undefined;
  const stop = async () => {
    // Its data are deleted anyway, so nothing is lost by not asking politely, and 5 s per trial are won.
    await Promise.all(Object.values(stack?.processes ?? {}).map((process) => process.kill()));
    await Promise.all([postgres.stop(), broker?.stop()]);
    if (mongoUrl) await dropMongoDatabase(mongoUrl);
  };
  try {
    broker = needsBroker(name) ? await startBroker(trial, place) : undefined;
    const outside = await provisionDatabases(provider.adminUrl, ['provider'], { suffix });
    const inside = await provisionDatabases(
      postgres.adminUrl,
      storeDatabases.filter((name) => name !== 'provider'),
    );
    stack = await startStack({
      doors: [door],
      databases: { ...inside, ...outside } as Record<(typeof storeDatabases)[number], string>,
      mongoUrl,
      rabbitUrl: broker?.url,
      seedProducts: SEED_PRODUCTS,
      monolithWorkers: workers,
      env: { ADMIN_TOKEN: 'the-lab-needs-none', LOG_LEVEL: 'warn', NODE_ENV: 'production' },
      ...(contenderCores && { cpus: coresByProcess(contenderCores, coreList(cores.generator)) }),
      logDir: logs,
      signal,
    });
    await resetProvider(stack.providerUrl);
    return running(stack, { postgres, broker }, { postgres: provider, mongo }, cores, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

const storeProcesses = [
  'monolith',
  'gateway-orchestrated',
  'gateway-direct',
  'gateway-choreographed',
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
  { postgres, broker }: { readonly postgres: Postgres; readonly broker: Rabbit | undefined },
  { postgres: providerPostgres, mongo }: Pick<Outside, 'postgres' | 'mongo'>,
  cores: CoreLayout,
  stop: () => Promise<void>,
): Running {
  const { 'payment-provider': provider, ...own } = stack.processes;
  const servers = {
    ...own,
    postgresql: postgres.server!,
    ...(broker?.server && { broker: broker.server }),
    ...(mongo?.server && { mongodb: mongo.server }),
  };
  const pidsOf = (daemons: Record<string, { pid: number | undefined } | undefined>) =>
    Object.fromEntries(Object.entries(daemons).flatMap(([name, daemon]) => (daemon?.pid ? [[name, daemon.pid]] : [])));
  return {
    // An address rather than a name: nothing is to be looked up while the clock runs.
    url: stack.doors[0]!.url.replace('localhost', '127.0.0.1'),
    providerUrl: stack.providerUrl,
    postgres: postgres.origin,
    broker: broker?.origin,
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
