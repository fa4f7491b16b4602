import { lookup } from 'node:dns/promises';
import { routes, storeClient } from '@twinstore/contracts';
import { Refusal } from '@twinstore/local';
import { readCatalog } from './catalog.ts';
import type { CatalogItem } from '../load/journeys.ts';
import { metricsMeter } from '../machine/metrics-meter.ts';
import { resetProvider, type Running, type Stage } from './stage.ts';

/** A store that somebody else has started, for instance `docker compose up`. */
export interface RunningStore {
  readonly name: string;
  /** Its front door. */
  readonly url: string;
  /** The services behind it; a host name stands for all of its instances. */
  readonly behind: readonly string[];
}

const form = 'NAME=URL[,URL...]: a name, the front door, and what else serves it';

/** Parses `orchestrated=http://gateway:8080,http://product-service:8080`. @throws Refusal */
export function parseStore(text: string): RunningStore {
  const [, name = '', urls = ''] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  const [url, ...behind] = urls.split(',').map((each) => {
    if (URL.canParse(each) && /^https?:/.test(each)) return new URL(each).origin;
    throw new Refusal(`--url takes ${form}; got "${text}".`);
  });
  return { name, url: url!, behind };
}

/** Stores that are neither started nor stopped here. @throws Refusal  one of them, or the provider, does not answer */
export async function runningStage(stores: readonly RunningStore[], providerUrl: string): Promise<Stage> {
  await resetProvider(providerUrl);
  const outside = await instancesOf(providerUrl);
  const shelf = await commonShelf(stores);
  return {
    async start(name) {
      const { url, behind } = stores.find((store) => store.name === name)!;
      const [door = url] = await instancesOf(url);
      const services = (await Promise.all(behind.map(instancesOf))).flat();
      const canTell = !(await isSeveral(door));
      const running: Running = {
        url: door,
        providerUrl,
        postgres: 'its own',
        shelf,
        isShared: true,
        meter: metricsMeter(canTell ? [door, ...services] : [], outside),
        onDeath: () => {},
        stop: async () => {},
      };
      return running;
    },
    leftOut: [],
    stop: async () => {},
  };
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
  if (shelf.length === 0) throw new Refusal('These stores have no product in common.');
  return shelf;
}

/** @throws Refusal  the store does not answer */
const catalogOf = ({ name, url }: RunningStore): Promise<readonly CatalogItem[]> =>
  readCatalog(url).catch((error: unknown) => {
    throw new Refusal(`${name} does not answer at ${url} (${error instanceof Error ? error.message : error}).`);
  });

/** Every address of a host: nothing is to be looked up while the clock runs. @throws Refusal  it has none */
async function instancesOf(url: string): Promise<string[]> {
  const { protocol, hostname, port } = new URL(url);
  const addresses = await lookup(hostname, { all: true, family: 4 }).catch(() => []);
  if (addresses.length === 0) throw new Refusal(`${hostname} cannot be found: does that store run?`);
  return [...new Set(addresses.map(({ address }) => `${protocol}//${address}${port && `:${port}`}`))];
}

/** Cluster workers share an address and take turns, so one answer of `/metrics` does not speak for all of them. */
async function isSeveral(door: string): Promise<boolean> {
  const answers = Array.from({ length: 8 }, () => storeClient(door, freshly).call(routes.getMeta));
  const instances = (await Promise.all(answers)).map((answer) => (answer.ok ? answer.body.instance : undefined));
  return new Set(instances).size > 1;
}

/** Over a connection of its own. */
async function freshly({ url }: { readonly url: string }) {
  const answer = await fetch(url, { headers: { connection: 'close' } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
