import type { StoreDatabase } from './databases.ts';
import { claimPort, freePort } from './ports.ts';
import { app, type Proc } from './processes.ts';
import { Refusal } from './refusal.ts';
import { newSecret } from './secrets.ts';

export const doorNames = ['monolith', 'orchestrated', 'direct', 'choreographed'] as const;
export type DoorName = (typeof doorNames)[number];

/** The doors that can be run: one of them only with a RabbitMQ. */
export const doorsWith = (rabbitUrl: string | undefined): DoorName[] =>
  doorNames.filter((name) => name !== 'choreographed' || rabbitUrl !== undefined);

type Env = Readonly<Record<string, string>>;

export interface StackOptions {
  readonly doors: readonly DoorName[];
  /** A PostgreSQL URL for each, from `provisionDatabases`. */
  readonly databases: Readonly<Record<StoreDatabase, string>>;
  /** URL of a MongoDB database for the cart service; without it, carts are in its PostgreSQL database. */
  readonly mongoUrl?: string | undefined;
  /** URL of a RabbitMQ, which the door `choreographed` needs; without it, the services tell each other no events. */
  readonly rabbitUrl?: string | undefined;
  /** Names this store's exchange and queues on the RabbitMQ; default `twinstore`. */
  readonly messageNamespace?: string | undefined;
  /** Fixed ports of the doors and the provider, services from 8091 up; without it, every port is a free one. */
  readonly ports?: Readonly<Record<DoorName | 'provider', number>> | undefined;
  readonly seedProducts?: number | undefined;
  /** Cluster workers of the monolith; default: one process. */
  readonly monolithWorkers?: number | undefined;
  /** Settings for every app, for instance LOG_LEVEL, ADMIN_TOKEN or SESSION_SECRET. */
  readonly env?: Env;
  /** Settings for the front doors alone, beside STORE_DOORS. */
  readonly doorEnv?: Env;
  /** Settings for one app, by its name in `Stack.processes`. */
  readonly envOf?: Readonly<Record<string, Env>>;
  /** Cores to run on, as for `taskset -c`: one list for all, or one by name. */
  readonly cpus?: string | Readonly<Record<string, string>> | undefined;
  /** Control groups to run in, by name of the process: each one's `cgroup.procs`. */
  readonly cgroups?: Readonly<Record<string, string>> | undefined;
  /** Folder of the log files; default `.twinstore/logs`. */
  readonly logDir?: string;
  /** Told the name of each process as it becomes ready. */
  readonly onProgress?: (name: string) => void;
  readonly signal?: AbortSignal;
}

export interface Door {
  readonly name: DoorName;
  readonly url: string;
}

/** Doors as settings name them: `NAME=URL`, with blanks between them. */
export const asPairs = (doors: readonly Door[]): string => doors.map(({ name, url }) => `${name}=${url}`).join(' ');

export interface Stack {
  readonly doors: readonly Door[];
  readonly providerUrl: string;
  /** Every process: `payment-provider`, `monolith`, `order-service`, `gateway-direct` and so on. */
  readonly processes: Readonly<Record<string, Proc>>;
  /** Stops all in good order, doors first, by force once `withinMs` (10 s) are over. */
  stop(withinMs?: number): Promise<void>;
}

const services = ['product-service', 'cart-service', 'order-service', 'payment-service'] as const;
/** The process of each door, by its name in `Stack.processes`. */
export const doorProcess = {
  monolith: 'monolith',
  orchestrated: 'gateway-orchestrated',
  direct: 'gateway-direct',
  choreographed: 'gateway-choreographed',
} as const;
const portSettings = {
  monolith: 'MONOLITH_PORT',
  orchestrated: 'ORCHESTRATED_PORT',
  direct: 'DIRECT_PORT',
  choreographed: 'CHOREOGRAPHED_PORT',
} as const;

/** Starts the payment provider and the front doors asked for, with the services that they need, and waits until each
 *  is ready. The apps create and seed what they own.
 *  @throws Refusal  in the words of the app that could not start; nothing is left running */
export async function startStack(options: StackOptions): Promise<Stack> {
  if (options.doors.includes('choreographed') && options.rabbitUrl === undefined) {
    throw new Refusal('The door "choreographed" needs a RabbitMQ (rabbitUrl), and none was given.');
  }
  const portOf = await choosePorts(options);
  const env = settings(options, portOf);
  const processes: Record<string, Proc> = {};
  for (const [name, port] of Object.entries(portOf)) {
    processes[name] = app({
      name,
      app: name.startsWith('gateway-') ? 'gateway' : name,
      port,
      env: { ...env[name], ...options.envOf?.[name] },
      cpus: typeof options.cpus === 'string' ? options.cpus : options.cpus?.[name],
      cgroup: options.cgroups?.[name],
      ...(options.logDir && { logDir: options.logDir }),
    });
  }
  const stop = async (withinMs = 10_000) => {
    const deadline = Date.now() + withinMs;
    // From the shopper inward, so that what is being answered finds behind it all that it needs.
    for (const inward of [/^(monolith|gateway)/, /-service$/, /^payment-provider$/]) {
      const tier = Object.values(processes).filter(({ name }) => inward.test(name));
      await Promise.all(tier.map((process) => process.stop(Math.max(500, deadline - Date.now()))));
    }
  };
  try {
    await startAll(Object.values(processes), options);
  } catch (error) {
    await Promise.all(Object.values(processes).map((process) => process.kill()));
    throw error;
  }
  const doors = options.doors.map((name) => ({ name, url: processes[doorProcess[name]]!.url }));
  return { doors, providerUrl: processes['payment-provider']!.url, processes, stop };
}

/** All at once: each retries until those it needs are there. The first failure ends the wait for the others. */
async function startAll(processes: Proc[], { onProgress, signal }: StackOptions): Promise<void> {
  const failure = new AbortController();
  const either = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const starts = processes.map(async (process) => {
    try {
      await process.start(either);
      onProgress?.(process.name);
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(starts);
  if (either.aborted) throw either.reason;
}

/** The port of every process that these doors need, by name. */
async function choosePorts({ doors, ports }: StackOptions): Promise<Record<string, number>> {
  const portOf: Record<string, number> = {
    'payment-provider': ports ? await claimPort(ports.provider, 'PROVIDER_PORT') : await freePort(),
  };
  for (const door of doors) {
    portOf[doorProcess[door]] = ports ? await claimPort(ports[door], portSettings[door]) : await freePort();
  }
  const needServices = doors.some((door) => door !== 'monolith');
  if (needServices) for (const name of services) portOf[name] = await freePort(ports && 8091);
  return portOf;
}

/** What each process is told, by name: its database, its peers, and the secrets it has a use for. */
function settings(options: StackOptions, portOf: Record<string, number>): Record<string, Env> {
  const { databases, mongoUrl, rabbitUrl, messageNamespace = 'twinstore', seedProducts, monolithWorkers } = options;
  const at = (name: string) => `http://127.0.0.1:${portOf[name]}`;
  const seed: Env = seedProducts === undefined ? {} : { SEED_PRODUCTS: String(seedProducts) };
  const workers: Env = monolithWorkers === undefined ? {} : { WORKERS: String(monolithWorkers) };
  const {
    SESSION_SECRET = newSecret(),
    SERVICE_SECRET = newSecret(),
    ADMIN_TOKEN = 'demo-admin',
    ...rest
  } = options.env ?? {};
  const all: Env = { LOG_LEVEL: 'warn', ...rest };
  const doors = options.doors.map((name) => ({ name, url: `http://localhost:${portOf[doorProcess[name]]}` }));
  // The doors share their secret, so that one browser can visit them all on localhost.
  const door = { ...all, SESSION_SECRET, ADMIN_TOKEN, STORE_DOORS: asPairs(doors), ...options.doorEnv };
  const internal = { ...all, SERVICE_SECRET };
  const events: Env = rabbitUrl === undefined ? {} : { RABBITMQ_URL: rabbitUrl, MESSAGE_NAMESPACE: messageNamespace };
  const service = { ...internal, ...events };
  const provider = { PROVIDER_URL: at('payment-provider') };
  const [product, cart] = [{ PRODUCT_URL: at('product-service') }, { CART_URL: at('cart-service') }];
  const [order, payment] = [{ ORDER_URL: at('order-service') }, { PAYMENT_URL: at('payment-service') }];
  const gateway = { ...door, ...internal, ...product, ...cart, ...order, ...payment };
  return {
    'payment-provider': { ...all, POSTGRES_URL: databases.provider },
    monolith: { ...door, ...provider, ...seed, ...workers, POSTGRES_URL: databases.monolith },
    'gateway-orchestrated': { ...gateway, CHECKOUT: 'orchestrated' },
    'gateway-direct': { ...gateway, CHECKOUT: 'direct' },
    'gateway-choreographed': { ...gateway, CHECKOUT: 'choreographed' },
    'product-service': { ...service, ...seed, POSTGRES_URL: databases.product },
    'cart-service': { ...service, ...product, CARTS_URL: mongoUrl ?? databases.cart },
    'order-service': { ...service, ...product, ...cart, ...payment, POSTGRES_URL: databases.order },
    'payment-service': { ...service, ...provider, POSTGRES_URL: databases.payment },
  };
}
