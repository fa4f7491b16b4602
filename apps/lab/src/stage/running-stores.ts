import { lookup } from 'node:dns/promises';
import { type Meta, routes } from '@twinstore/contracts';
import { Refusal } from '@twinstore/local';
import type { CatalogItem } from '../load/journeys.ts';
import { metricsMeter } from '../machine/metrics-meter.ts';
import { lookAt, metricsSource, type MetricsSource } from '../machine/metrics-source.ts';
import { firstFault, readCatalog } from './catalog.ts';
import { patientClient } from './client.ts';
import { setProvider, type Running, type Stage } from './stage.ts';

/** A store that somebody else has started, for instance `docker compose up`. */
export interface RunningStore {
  /** '' where it was given none: `Stage.names` then has one, after what the store says of itself. */
  readonly name: string;
  /** Its front door. */
  readonly url: string;
  /** The services behind it; a host name stands for all of its instances. */
  readonly behind: readonly string[];
}

const form = '[NAME=]URL[,URL...]: a name, the front door, and what else serves it';

/** Parses `orchestrated=http://gateway:8080,http://product-service:8080`, or the same without a name. @throws Refusal */
export function parseStore(text: string): RunningStore {
  const [, name = '', urls = text] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  const [url, ...behind] = urls.split(',').map((each) => {
    if (URL.canParse(each) && /^https?:/.test(each)) return new URL(each).origin;
    throw new Refusal(`--url takes ${form}; got "${text}".`);
  });
  return { name, url: url!, behind };
}

/** Stores that are neither started nor stopped here. @throws Refusal  one of them, or the provider, does not answer or
 *  does not speak the contract */
export async function runningStage(given: readonly RunningStore[], providerUrl: string): Promise<Stage> {
  await setProvider(providerUrl);
  const providers = (await instancesOf(providerUrl)).map((origin) => [origin, metricsSource(origin)] as const);
  const stores = named(given, await Promise.all(given.map(metaOf)));
  const shelf = await commonShelf(stores);
  return {
    async start(name) {
      const { url, behind } = stores.find((store) => store.name === name)!;
      const [door = url] = await instancesOf(url);
      const services = (await Promise.all(behind.map(instancesOf))).flat();
      const { sources, isWhole } = await sourcesAt(door, services);
      const running: Running = {
        url: door,
        providerUrl,
        postgres: 'its own',
        shelf,
        isShared: true,
        // Without one of them, the sum would look like a saving.
        meter: () => metricsMeter(isWhole ? sources : {}, Object.fromEntries(providers)),
        metricsOf: sources,
        onDeath: () => {},
        stop: async () => {},
      };
      return running;
    },
    leftOut: [],
    names: stores.map(({ name }) => name),
    stop: async () => {},
  };
}

/** Names those without a name after what they are, `monolith` or the style of their checkout, each one differently. */
function named(stores: readonly RunningStore[], metas: readonly Meta[]): RunningStore[] {
  const taken = new Set(stores.map(({ name }) => name));
  return stores.map((store, index) => {
    if (store.name !== '') return store;
    const { architecture, checkout } = metas[index]!;
    const name = firstFree(architecture === 'monolith' ? architecture : checkout, '-', taken);
    return { ...store, name };
  });
}

/** `name`, or with the next number that nobody has; it is then taken. */
function firstFree(name: string, separator: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}${separator}${number}`;
  taken.add(free);
  return free;
}

/** The `/metrics` of the front door and of the services, by the name of the app; `isWhole`: all of them tell. */
async function sourcesAt(door: string, services: readonly string[]) {
  const sources: Record<string, MetricsSource> = {};
  const names = new Set<string>();
  const doors = await countInstances(door);
  for (const origin of [door, ...services]) {
    const found = await lookAt(origin);
    if (!found) continue;
    const workers = Math.max(found.workers, origin === door ? doors : 1);
    sources[firstFree(found.app ?? new URL(origin).host, ' ', names)] = metricsSource(origin, workers);
  }
  return { sources, isWhole: Object.keys(sources).length === services.length + 1 };
}

/** What a store says of itself. @throws Refusal  it does not answer, or not as the contract has it */
async function metaOf({ name, url }: RunningStore): Promise<Meta> {
  const who = name === '' ? `What is at ${url}` : `${name} at ${url}`;
  const answer = await patientClient(url)
    .call(routes.getMeta)
    .catch((error: unknown) => {
      if (error instanceof SyntaxError) throw new Refusal(`${who} is no store: GET /api/meta answers no JSON.`);
      throw new Refusal(`${name || 'The store'} does not answer at ${url} (${reason(error)}).`);
    });
  if (!answer.ok) throw new Refusal(`${who} is no store: GET /api/meta answers ${answer.status}.`);
  const meta = routes.getMeta.responses[200].safeParse(answer.body);
  if (meta.success) return meta.data;
  throw new Refusal(`${who} does not speak the contract: GET /api/meta has ${firstFault(meta.error)}.`);
}

/** What all stores sell, with the least that any has of it. Read once: stores sell out while they are compared, and yet
 *  all of them are to be asked the same. @throws Refusal  nothing is sold by all of them */
async function commonShelf(stores: readonly RunningStore[]): Promise<readonly CatalogItem[]> {
  const catalogs = await Promise.all(stores.map(catalogOf));
  const bySku = catalogs.map((items) => new Map(items.map((item) => [item.sku, item])));
  const shelf = catalogs[0]!.flatMap((item) => {
    const twins = bySku.flatMap((items) => items.get(item.sku) ?? []);
    const isEverywhere = twins.length === stores.length && twins.every(({ name }) => name === item.name);
    return isEverywhere ? [{ ...item, available: Math.min(...twins.map(({ available }) => available)) }] : [];
  });
  if (shelf.length > 0) return shelf;
  throw new Refusal(
    stores.length === 1 ? `${stores[0]!.name} sells nothing.` : 'These stores have no product in common.',
  );
}

/** @throws Refusal  the store does not answer, or not as the contract has it */
const catalogOf = ({ name, url }: RunningStore): Promise<readonly CatalogItem[]> =>
  readCatalog(url).catch((error: unknown) => {
    throw new Refusal(`${name} cannot be shopped in at ${url}: ${reason(error)}.`);
  });

/** `fetch failed` says nothing; its cause does, or where several addresses were tried, the first one's. */
function reason(error: unknown): string {
  const { cause, errors, message } = error as { cause?: unknown; errors?: readonly unknown[]; message?: string };
  return cause || errors?.[0] ? reason(cause || errors?.[0]) : (message ?? String(error));
}

/** Every address of a host: nothing is to be looked up while the clock runs. @throws Refusal  it has none */
async function instancesOf(url: string): Promise<string[]> {
  const { protocol, hostname, port } = new URL(url);
  const addresses = await lookup(hostname, { all: true, family: 4 }).catch(() => []);
  if (addresses.length === 0) throw new Refusal(`${hostname} cannot be found: does that store run?`);
  return [...new Set(addresses.map(({ address }) => `${protocol}//${address}${port && `:${port}`}`))];
}

/** Cluster workers, and instances behind a balancer, share an address and take turns: so many of them were met. */
async function countInstances(door: string): Promise<number> {
  const answers = Array.from({ length: 8 }, () =>
    patientClient(door, OVER_A_CONNECTION_OF_ITS_OWN).call(routes.getMeta),
  );
  const instances = (await Promise.all(answers)).map((answer) => (answer.ok ? answer.body.instance : undefined));
  return new Set(instances).size;
}

const OVER_A_CONNECTION_OF_ITS_OWN = { connection: 'close' };
