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
import { type Budget, openBudget } from '../machine/budget.ts';
import { coreList } from '../machine/cores.ts';
import { metricsSource } from '../machine/metrics-source.ts';
import { processMeter } from '../machine/resources.ts';
import { yardstick } from '../machine/yardstick.ts';
import { type Outside, startOutside } from './outside.ts';
import { type Place, type Running, type Stage } from './stage.ts';

/** Who can be compared, and how it is started. */
export interface Contender {
  readonly door: DoorName;
  /** Cluster workers of the front door's process. */
  readonly workers: number;
  readonly title: string;
}

const single: Readonly<Record<string, Contender>> = {
  monolith: { door: 'monolith', workers: 1, title: 'one process, one PostgreSQL database' },
  orchestrated: { door: 'orchestrated', workers: 1, title: 'gateway and 4 services; the gateway runs the checkout' },
  direct: { door: 'direct', workers: 1, title: 'gateway and 4 services; the order service runs the checkout' },
  choreographed: { door: 'choreographed', workers: 1, title: 'gateway and 4 services; events through RabbitMQ' },
};

/** Those that are compared unless others are asked for. */
export const contenderNames: readonly string[] = ['monolith', 'monolith-x2', 'orchestrated', 'direct', 'choreographed'];

/** Whether somebody can be compared under this name: one of `contenderNames`, or `monolith-xN` with 2 to 16 workers. */
export const isContender = (name: string): boolean => find(name) !== undefined;

/** @throws Error  there is none of this name: a bug, since `isContender` has been asked */
export function contenderOf(name: string): Contender {
  const found = find(name);
  if (!found) throw new Error(`there is no contender "${name}"`);
  return found;
}

function find(name: string): Contender | undefined {
  if (Object.hasOwn(single, name)) return single[name];
  const workers = Number(/^monolith-x([1-9]\d?)$/.exec(name)?.[1]);
  if (!(workers >= 2 && workers <= 16)) return undefined;
  return { door: 'monolith', workers, title: `the same, cloned by node:cluster into ${workers} workers` };
}

export const SEED_PRODUCTS = 1000;

const needsBroker = (contender: string) => contenderOf(contender).door === 'choreographed';

/** Starts each contender afresh, and finds out which of the `wanted` ones can be had here.
 *  @throws Refusal  nothing is left running */
export async function freshStage(
  wanted: readonly string[],
  place: Place,
  mongoUrl: string | undefined,
  withMongo: boolean,
): Promise<Stage> {
  const budget = openBudget(place.cores);
  try {
    const fault = wanted.some(needsBroker) ? await brokerFault(place) : undefined;
    const { cgroups } = budget.divide([], withMongo ? ['mongodb'] : []);
    const outside = await startOutside(place, mongoUrl, withMongo, cgroups['mongodb']);
    return {
      leftOut: fault === undefined ? [] : wanted.filter(needsBroker).map((contender) => ({ contender, why: fault })),
      yardstick: () => yardstick(place.cores, place.signal),
      start: (contender, trial) => startContender(contender, trial, { place, budget, outside }),
      async stop() {
        await outside.stop();
        await budget.close();
      },
    };
  } catch (error) {
    await budget.close();
    throw error;
  }
}

interface Surroundings {
  readonly place: Place;
  readonly budget: Budget;
  readonly outside: Outside;
}

/** Starts a contender on a PostgreSQL server and databases of its own, all of them fresh.
 *  @param trial  a short name of the trial, good for a file
 *  @throws Refusal  nothing is left running */
async function startContender(name: string, trial: string, surroundings: Surroundings): Promise<Running> {
  const { place, budget, outside } = surroundings;
  const { folder, logDir, cores, signal } = place;
  const { door, workers } = contenderOf(name);
  const mongo = door === 'monolith' ? undefined : outside.mongo;
  const { cgroups, enforce } = budget.divide(
    door === 'monolith' ? ['monolith'] : [`gateway-${door}`, ...serviceNames],
    ['postgresql', ...(needsBroker(name) ? ['broker'] : []), ...(mongo?.server ? ['mongodb'] : [])],
  );
  const cpus = cores.pinned ? coreList(cores.contender) : undefined;
  const logs = join(logDir, trial);
  const postgres = await findPostgres({
    folder: join(folder, trial),
    throwaway: true,
    logFile: join(logs, 'postgres.log'),
    signal,
    ...(cpus && { cpus }),
    ...(cgroups['postgresql'] && { cgroup: cgroups['postgresql'] }),
  });
  const suffix = `_${trial.replaceAll('-', '_')}`;
  const mongoUrl = mongo && mongoDatabase(mongo.url, `twinstore_cart${suffix}`);
  let stack: Stack | undefined;
  let broker: Rabbit | undefined;
  const stop = async () => {
    // Its data are deleted anyway, so nothing is lost by not asking politely, and 5 s per trial are won.
    await Promise.all(Object.values(stack?.processes ?? {}).map((process) => process.kill()));
    await Promise.all([postgres.stop(), broker?.stop()]);
    if (mongoUrl) await dropMongoDatabase(mongoUrl);
  };
  try {
    broker = needsBroker(name) ? await startBroker(trial, place, { cgroup: cgroups['broker'] }) : undefined;
    const provider = await provisionDatabases(outside.postgres.adminUrl, ['provider'], { suffix });
    const inside = await provisionDatabases(
      postgres.adminUrl,
      storeDatabases.filter((name) => name !== 'provider'),
    );
    stack = await (place.startStack ?? startStack)({
      doors: [door],
      databases: { ...inside, ...provider } as Record<(typeof storeDatabases)[number], string>,
      mongoUrl,
      rabbitUrl: broker?.url,
      seedProducts: SEED_PRODUCTS,
      monolithWorkers: workers,
      env: { ADMIN_TOKEN: 'the-lab-needs-none', LOG_LEVEL: 'warn', NODE_ENV: 'production' },
      ...(cpus && { cpus: coresByProcess(cpus, coreList(cores.generator)) }),
      cgroups,
      logDir: logs,
      signal,
    });
    enforce();
    return running({ stack, workers, postgres, broker, mongo }, surroundings, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

const serviceNames = ['product-service', 'cart-service', 'order-service', 'payment-service'];
const doorProcesses = ['monolith', 'gateway-orchestrated', 'gateway-direct', 'gateway-choreographed'];

const coresByProcess = (contender: string, generator: string): Record<string, string> => ({
  ...Object.fromEntries([...doorProcesses, ...serviceNames].map((name) => [name, contender])),
  'payment-provider': generator,
});

interface Parts {
  readonly stack: Stack;
  readonly workers: number;
  readonly postgres: Postgres;
  readonly broker: Rabbit | undefined;
  readonly mongo: Outside['mongo'];
}

function running(
  { stack, workers, postgres, broker, mongo }: Parts,
  { place, budget, outside }: Surroundings,
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
  const others = { 'payment-provider': provider, 'postgresql of the provider': outside.postgres.server };
  return {
    url: addressOf(stack.doors[0]!.url),
    providerUrl: stack.providerUrl,
    postgres: postgres.origin,
    broker: broker?.origin,
    meter: () => processMeter(pidsOf(servers), pidsOf(others), place.cores, budget),
    metricsOf: Object.fromEntries(
      Object.entries(own).map(([name, { url }]) => [
        name,
        metricsSource(addressOf(url), name === 'monolith' ? workers : 1),
      ]),
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

/** An address rather than a name: nothing is to be looked up while the clock runs. */
const addressOf = (url: string) => url.replace('localhost', '127.0.0.1');
