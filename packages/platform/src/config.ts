import { z } from 'zod';
import { explain } from '@twinstore/contracts';

/** A setting: its check, and an example for whoever left it out. */
const example = <S extends z.ZodType>(schema: S, text: string): S => schema.meta({ example: text });

const port = z
  .string()
  .regex(/^\d+$/, { error: 'must be a whole number from 1 to 65535' })
  .transform(Number)
  .refine((number) => number >= 1 && number <= 65_535, { error: 'must be a whole number from 1 to 65535' });

/** One address, or several with commas between them. */
const serviceUrl = z.string().transform((text) =>
  text
    .split(',')
    .map((url) => url.trim().replace(/\/$/, ''))
    .join(),
);

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http address' })
  .transform((url) => url.replace(/\/$/, ''));

const storesIn = (text: string) =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [, name = '', url = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
      return { name, url: url.replace(/\/$/, '') };
    });

/** Front doors by name: `NAME=URL`, with blanks between them. */
const storeDoors = z
  .string()
  .refine((text) => storesIn(text).every(({ url }) => httpUrl.safeParse(url).success), {
    error: 'must be pairs NAME=URL of http addresses, with blanks between them',
  })
  .transform(storesIn)
  .default([]);

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform(Number)
    .refine((number) => Number.isInteger(number) && number >= min && number <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    });

/** The settings that apps are made of. */
export const setting = {
  port: example(port, '8080'),
  wholeNumber,
  postgresUrl: (database: string) =>
    example(
      z.url({ protocol: /^postgres(ql)?$/, error: 'must be a PostgreSQL address' }),
      `postgres://${database}:${database}@localhost:5432/${database}`,
    ),
  cartsUrl: example(
    z.url({ protocol: /^(postgres(ql)?|mongodb(\+srv)?)$/, error: 'must be a MongoDB or a PostgreSQL address' }),
    'mongodb://localhost:27017/cart',
  ),
  httpUrl: (text: string) => example(httpUrl, text),
  serviceUrl: (text: string) =>
    example(
      serviceUrl.refine((urls) => urls.split(',').every((url) => httpUrl.safeParse(url).success), {
        error: 'must be an http address, or several with commas between them',
      }),
      text,
    ),
  secret: example(
    z.string().min(16, { error: 'must have at least 16 characters' }),
    'the output of: openssl rand -hex 32',
  ),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  oneOf: <const T extends readonly [string, ...string[]]>(choices: T) => z.enum(choices),
};

const LOCAL_ADMIN_TOKEN = 'demo-admin';
const LOCAL_SESSION_SECRET = 'twinstore-local-session-secret';

const processSettings = {
  PORT: setting.port,
  /** Address to listen on; left out: every one of this machine. */
  BIND_ADDRESS: z.string().optional(),
  LOG_LEVEL: setting.logLevel,
  NODE_ENV: z.string().default('development'),
  WORKERS: setting.wholeNumber(1, 64, 1),
  /** Set by a parent that wants its children gone with it: they stop when their standard input ends. */
  PARENT_PIPE: z.enum(['0', '1']).default('0'),
  /** `on`: the process keeps the spans of its latest requests in memory and shows them: docs/architecture.md, X-ray. */
  XRAY: z.enum(['on', 'off'], { error: 'must be on or off' }).default('off'),
};

/** Settings of an app that calls services. */
export const peerSettings = {
  SERVICE_SECRET: setting.secret,
  /** `static`: the URLs of a service are what they are. `dns`: its host name stands for all of its instances. */
  DISCOVERY: z.enum(['static', 'dns']).default('static'),
};

/** Settings of a service that takes part in checkout by events. */
export const messagingSettings = {
  /** RabbitMQ; left out: the service neither says nor hears anything. */
  RABBITMQ_URL: example(
    z.url({ protocol: /^amqps?$/, error: 'must be an amqp or amqps address' }),
    'amqp://guest:guest@localhost:5672',
  ).optional(),
  /** Begins the names of the exchange and the queues, so that several stores can share a broker. */
  MESSAGE_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 of the characters a-z, 0-9, dot, underscore and hyphen' })
    .default('twinstore'),
};

/** Settings of an app that faces the public: monolith and gateway. */
export const frontDoorSettings = {
  SESSION_SECRET: setting.secret.default(LOCAL_SESSION_SECRET),
  ADMIN_TOKEN: z.string().min(8, { error: 'must have at least 8 characters' }).default(LOCAL_ADMIN_TOKEN),
  RATE_LIMIT: setting.wholeNumber(0, 1_000_000, 0),
  /** How many reverse proxies stand before this one and may name the client (`X-Forwarded-*`). */
  TRUST_PROXY: setting.wholeNumber(0, 10, 0),
  /** Folder of the built shop; left out: the one beside this app, if it has been built. */
  STOREFRONT_DIR: z.string().optional(),
  /** All doors that were started together: the shop links to them, and shows two of them side by side. */
  STORE_DOORS: storeDoors,
  /** The page of the load lab, for the shop to link to. */
  LAB_URL: setting.httpUrl('http://localhost:8090').optional(),
  /** Who can stop and start this store's processes (infra/local/src/fault-switches.ts), and what it wants to be shown. */
  SWITCHES_URL: setting.httpUrl('http://127.0.0.1:12000').optional(),
  SWITCHES_TOKEN: setting.secret.optional(),
};

/** Settings of which one is of no use without the other. */
const couples = [['SWITCHES_URL', 'SWITCHES_TOKEN']] as const;

type Shape = Record<string, z.ZodType>;
export type Config<S extends Shape> = z.infer<z.ZodObject<S & typeof processSettings>>;

/**
 * Reads an app's settings from the environment, once. Anything missing or wrong ends the process with exit code 1
 * and one message that names every fault, so that nobody has to mend them one by one.
 */
export function loadConfig<S extends Shape>(app: string, shape: S, env: NodeJS.ProcessEnv = process.env): Config<S> {
  const parsed = parseConfig(app, shape, env);
  if (typeof parsed !== 'string') return parsed;
  process.stderr.write(parsed);
  process.exit(1);
}

/** As `loadConfig`, but answers the message in place of ending the process. */
export function parseConfig<S extends Shape>(app: string, shape: S, env: NodeJS.ProcessEnv): Config<S> | string {
  const all: Shape = { ...processSettings, ...shape };
  // An empty variable is what compose files make of one that is not set.
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in all && value !== ''));
  const parsed = z.object(all).safeParse(given);
  const faults = new Map<string, string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]);
    faults.set(name, describeFault(all[name], given[name], explain(issue)));
  }
  for (const name of unsafeDefaults(given, all)) {
    faults.set(name, 'must be set to a value of its own where NODE_ENV is production');
  }
  for (const couple of couples) {
    const [missing, ...others] = couple.filter((name) => given[name] === undefined);
    if (missing !== undefined && others.length === 0)
      faults.set(missing, `is missing: ${couple.join(' and ')} go together`);
  }
  if (given['XRAY'] === 'on' && Number(given['WORKERS']) > 1) {
    faults.set('XRAY', 'must be off where WORKERS is above 1, since each worker would know only a part of every trace');
  }
  if (faults.size === 0) return parsed.data as Config<S>;
  const width = Math.max(...[...faults.keys()].map((name) => name.length)) + 2;
  const lines = [...faults].map(([name, fault]) => `  ${name.padEnd(width)}${fault}\n`);
  const count = faults.size === 1 ? '1 setting is' : `${faults.size} settings are`;
  return `${app} cannot start, ${count} wrong:\n${lines.join('')}`;
}

function describeFault(schema: z.ZodType | undefined, value: string | undefined, fault: string): string {
  const hint = schema?.meta()?.['example'];
  if (value === undefined) return typeof hint === 'string' ? `is missing, for example ${hint}` : 'is missing';
  return `${fault}, got ${JSON.stringify(value)}`;
}

function unsafeDefaults(given: Record<string, string | undefined>, shape: Shape): string[] {
  if (given['NODE_ENV'] !== 'production') return [];
  const local: Record<string, string> = { ADMIN_TOKEN: LOCAL_ADMIN_TOKEN, SESSION_SECRET: LOCAL_SESSION_SECRET };
  return Object.keys(local).filter((name) => name in shape && (given[name] ?? local[name]) === local[name]);
}
