import { findBacking } from './backing.ts';
import { buildShop } from './build-shop.ts';
import { provisionDatabases, storeDatabases } from './databases.ts';
import { demoOf } from './demo.ts';
import { keepRunning } from './keep-running.ts';
import { labPage } from './lab-page.ts';
import { seconds, table, type Terminal } from './lines.ts';
import { mongoDatabase } from './mongo.ts';
import { claimPort } from './ports.ts';
import { noteRabbitUrl } from './rabbit-url.ts';
import { keptSecret } from './secrets.ts';
import { appSettings, readSettings, type Settings } from './settings.ts';
import { type Door, type DoorName, doorsWith, type Stack, startStack } from './stack.ts';
import { takeStartLock } from './start-lock.ts';
import { switchAddress } from './switch-server.ts';

const ports = [
  'MONOLITH_PORT',
  'ORCHESTRATED_PORT',
  'DIRECT_PORT',
  'CHOREOGRAPHED_PORT',
  'PROVIDER_PORT',
  'LAB_PORT',
] as const;

/** `npm start`: both stores with all they need, until `signal` is aborted.
 *  @throws Refusal  one sentence that says what to mend; nothing is left running */
export async function start(terminal: Terminal, signal: AbortSignal): Promise<number> {
  const settings = readSettings();
  const unlock = await takeStartLock();
  try {
    for (const name of ports) await claimPort(settings[name], name);
    await buildShop({ terminal, signal });
    return await withBacking(settings, terminal, signal);
  } finally {
    unlock();
  }
}

async function withBacking(settings: Settings, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const began = Date.now();
  const backing = await findBacking({
    postgres: { url: settings.POSTGRES_URL },
    mongo: { url: settings.MONGODB_URL, download: true },
    rabbit: { url: settings.RABBITMQ_URL, install: true },
    signal,
    onProgress: (line) => terminal.say(line),
  });
  const { postgres, mongo, rabbit } = backing;
  const rabbitUrl = 'missing' in rabbit ? undefined : rabbit.url;
  const forgetUrl = rabbitUrl === undefined ? () => {} : noteRabbitUrl(rabbitUrl);
  try {
    terminal.say(postgres.origin);
    if ('missing' in mongo)
      terminal.say(`No MongoDB (${mongo.missing}): carts are kept in the cart service's PostgreSQL database.`);
    else terminal.say(mongo.origin);
    if ('missing' in rabbit)
      terminal.say(
        `No RabbitMQ (${rabbit.missing}): the front door whose checkout is choreographed by events is left out.`,
      );
    else terminal.say(rabbit.origin);
    const databases = await provisionDatabases(postgres.adminUrl, storeDatabases);
    const given = appSettings();
    const switchesAt = await switchAddress();
    const demo = demoOf(settings, given['BIND_ADDRESS'], switchesAt);
    for (const note of demo.notes) terminal.say(note);
    const stack = await startStack({
      doors: doorsWith(rabbitUrl),
      databases,
      mongoUrl: 'missing' in mongo ? undefined : mongoDatabase(mongo.url, 'twinstore_cart'),
      rabbitUrl,
      messageNamespace: settings.MESSAGE_NAMESPACE,
      ports: {
        monolith: settings.MONOLITH_PORT,
        orchestrated: settings.ORCHESTRATED_PORT,
        direct: settings.DIRECT_PORT,
        choreographed: settings.CHOREOGRAPHED_PORT,
        provider: settings.PROVIDER_PORT,
      },
      seedProducts: settings.SEED_PRODUCTS,
      monolithWorkers: settings.MONOLITH_WORKERS,
      env: { SERVICE_SECRET: keptSecret('service'), SESSION_SECRET: keptSecret('session'), ...given, ...demo.env },
      doorEnv: demo.doorEnv,
      envOf: demo.envOf,
      onProgress: (name) => terminal.say(`${name} (${seconds(began)})`),
      signal,
    });
    const lab = labPage(settings, stack.doors);
    const servers = [postgres, mongo, rabbit].flatMap((found) =>
      'server' in found && found.server ? [found.server] : [],
    );
    const broker = 'server' in rabbit ? rabbit.server : undefined;
    const onReady = async () => {
      terminal.say(`${lab.name} (${seconds(began)})`);
      terminal.say(await welcome(stack, lab.url));
    };
    await keepRunning({ stack, lab, servers, broker, switchesAt, terminal, onReady }, signal);
  } finally {
    forgetUrl();
    await backing.stop();
  }
  terminal.say('Stopped.');
  return 0;
}

const meaning: Record<DoorName, string> = {
  monolith: 'monolith',
  orchestrated: 'microservices, checkout orchestrated by the gateway',
  direct: 'microservices, checkout by the order service',
  choreographed: 'microservices, checkout by events',
};

async function welcome({ doors, providerUrl }: Stack, labUrl: string): Promise<string> {
  const { name, url } = doors[0]!;
  const jar = `-b .twinstore/jar -c .twinstore/jar -H 'Content-Type: application/json'`;
  const address = { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' };
  const order = JSON.stringify({ paymentToken: 'tok_visa', shippingAddress: address });
  return [
    '',
    table([
      ...doors.map((door) => [meaning[door.name], door.url]),
      ['payment provider', providerUrl],
      ['lab: compare them under load', labUrl],
    ]),
    '',
    `Shop in a browser, in one of these stores or in two side by side: ${url} and ${url}/twin`,
    '',
    `Try next, in another terminal, with the ${name} or any other of them:`,
    `  curl '${url}/api/products?limit=3'`,
    `  curl ${jar} -X PUT -d '{"quantity":2}' ${url}/api/cart/items/${await someSku(doors[0]!)}`,
    `  curl ${jar} -H "Idempotency-Key: $(date +%s)" -d '${order}' ${url}/api/orders`,
    `  ${url}/docs in a browser: every route; kill -9 any process: watch it come back`,
    '',
    'Ctrl-C stops everything; the data stay (npm run reset deletes them).',
  ].join('\n');
}

/** For an example; a placeholder where the store does not tell one. */
async function someSku({ url }: Door): Promise<string> {
  try {
    const answer = await fetch(`${url}/api/products?sort=price&limit=1`, { signal: AbortSignal.timeout(2_000) });
    const { items } = (await answer.json()) as { items: { sku: string }[] };
    return items[0]!.sku;
  } catch {
    return 'SKU';
  }
}
