import { fileURLToPath } from 'node:url';
import { routes, storeClient } from '@twinstore/contracts';
import {
  app,
  findPostgres,
  freePort,
  provisionDatabases,
  runFolder,
  removeRunFolder,
  startStack,
  storeDatabases,
} from '@twinstore/local';
import { Pool } from 'undici';
import { readProcesses } from './machine/proc.ts';
import { randomOf, shuffled } from './load/random.ts';
import { estimate, ratio } from './analysis/statistics.ts';

/** Requests per block: enough for the 10 ms ticks in which CPU time is told to err by 2 % at most. */
const REQUESTS = 6000;
const BLOCKS = 9;
const AT_ONCE = 16;
const PRODUCTS = 500;

/** What the product module reads a product by. Kept here so that the bare server asks PostgreSQL the very same. */
const STATEMENT = `select p.sku, p.name, p.description, p.category, p.price_amount, p.currency, p.image, p.attributes, s.on_hand
  from product.products p join product.stock s on s.sku = p.sku where p.sku = $1`;

interface Subject {
  readonly title: string;
  readonly url: string;
  /** Process id of each part whose CPU time is wanted. */
  readonly parts: Readonly<Record<string, number>>;
}

/**
 * `npm run read-cost`: CPU time that one product read costs each process it goes through: bare Express and pg, the
 * monolith, and the gateway with the product service, in interleaved blocks. Prints a table; nothing is asserted.
 */
export async function readCost(say: (line: string) => void, signal: AbortSignal): Promise<number> {
  const folder = runFolder('read-cost');
  const postgres = await findPostgres({ folder, throwaway: true, signal });
  try {
    const databases = await provisionDatabases(postgres.adminUrl, storeDatabases);
    const stack = await startStack({ doors: ['monolith', 'direct'], databases, seedProducts: PRODUCTS, signal });
    const bare = app({
      name: 'bare-express-pg',
      app: 'lab',
      main: fileURLToPath(new URL('./bare-server.ts', import.meta.url)),
      port: await freePort(),
      env: { POSTGRES_URL: databases.monolith, STATEMENT },
    });
    await bare.start(signal);
    try {
      const pidOf = (name: string) => stack.processes[name]!.pid!;
      const subjects: Subject[] = [
        { title: 'bare', url: bare.url, parts: { 'bare express + pg': bare.pid! } },
        { title: 'monolith', url: stack.doors[0]!.url, parts: { monolith: pidOf('monolith') } },
        {
          title: 'microservices',
          url: stack.doors[1]!.url,
          parts: { gateway: pidOf('gateway-direct'), 'product service': pidOf('product-service') },
        },
      ];
      report(await measure(subjects, say, signal), say);
      return 0;
    } finally {
      await bare.stop();
      await stack.stop();
    }
  } finally {
    await postgres.stop();
    removeRunFolder(folder);
  }
}

/** CPU microseconds per request, block by block, of each part. */
async function measure(subjects: readonly Subject[], say: (line: string) => void, signal: AbortSignal) {
  const costs: Record<string, number[]> = {};
  const random = randomOf('read-cost');
  const skus = await someSkus(subjects[1]!.url);
  for (const { url } of subjects) await read(url, skus, REQUESTS); // Warm-up: compiled and connected.
  for (let block = 1; block <= BLOCKS; block += 1) {
    for (const { url, parts } of shuffled(random, subjects)) {
      signal.throwIfAborted();
      const before = cpuOf(parts);
      await read(url, skus, REQUESTS);
      const after = cpuOf(parts);
      for (const part of Object.keys(parts))
        (costs[part] ??= []).push(((after[part]! - before[part]!) * 1000) / REQUESTS);
    }
    say(`block ${block} of ${BLOCKS}`);
  }
  return costs;
}

function cpuOf(parts: Readonly<Record<string, number>>): Record<string, number> {
  const processes = new Map(readProcesses().map((process) => [process.pid, process.cpuMs]));
  return Object.fromEntries(Object.entries(parts).map(([name, pid]) => [name, processes.get(pid) ?? Number.NaN]));
}

async function someSkus(url: string): Promise<string[]> {
  const listed = await storeClient(url).call(routes.listProducts, { query: { limit: 100 } });
  if (!listed.ok) throw new Error('the catalog cannot be listed');
  return listed.body.items.map(({ sku }) => sku);
}

async function read(url: string, skus: readonly string[], requests: number): Promise<void> {
  const pool = new Pool(url, { connections: AT_ONCE });
  let sent = 0;
  const client = async () => {
    while (sent < requests) {
      const path = `/api/products/${skus[sent++ % skus.length]}`;
      const { statusCode, body } = await pool.request({ method: 'GET', path });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url}${path} answers ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  await pool.close();
}

function report(costs: Readonly<Record<string, number[]>>, say: (line: string) => void): void {
  const random = randomOf('bootstrap');
  const number = (value: number, digits: number) => value.toFixed(digits);
  say(`\nCPU per product read, median of ${BLOCKS} interleaved blocks of ${REQUESTS} requests (95 % interval)`);
  for (const [part, values] of Object.entries(costs)) {
    const { median, low, high } = estimate(values, random);
    say(`  ${part.padEnd(18)} ${number(median, 0).padStart(5)} µs  (${number(low, 0)} to ${number(high, 0)})`);
  }
  const pairs = [
    ['monolith', 'bare express + pg'],
    ['product service', 'bare express + pg'],
    ['gateway', 'product service'],
  ] as const;
  for (const [part, base] of pairs) {
    const found = ratio(costs[part] ?? [], costs[base] ?? [], random);
    if (found)
      say(`  ${part} / ${base}: ${number(found.median, 2)}  (${number(found.low, 2)} to ${number(found.high, 2)})`);
  }
}
