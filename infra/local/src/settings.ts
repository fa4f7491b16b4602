import { z } from 'zod';
import { Refusal } from './refusal.ts';

const port = (byDefault: number) =>
  z.coerce
    .number('must be a whole number from 1 to 65535')
    .int('must be a whole number from 1 to 65535')
    .min(1, 'must be a whole number from 1 to 65535')
    .max(65_535, 'must be a whole number from 1 to 65535')
    .default(byDefault);

const count = (atMost: number) =>
  z.coerce
    .number(`must be a whole number from 1 to ${atMost}`)
    .int(`must be a whole number from 1 to ${atMost}`)
    .min(1, `must be a whole number from 1 to ${atMost}`)
    .max(atMost, `must be a whole number from 1 to ${atMost}`)
    .optional();

// A pattern and not `URL`: that of MongoDB may list several hosts.
const url = (schemes: string, example: string) =>
  z.string().regex(new RegExp(`^(${schemes})://[^\\s/]+`), `must be a URL like ${example}`);

const schema = z.object({
  POSTGRES_URL: url('postgres|postgresql', 'postgres://postgres:secret@localhost:5432/postgres').optional(),
  MONGODB_URL: url('mongodb|mongodb\\+srv', 'mongodb://localhost:27017').optional(),
  RABBITMQ_URL: url('amqp|amqps', 'amqp://guest:guest@localhost:5672').optional(),
  MESSAGE_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/, 'must be 1 to 64 of the characters a-z, 0-9, dot, underscore and hyphen')
    .default('twinstore'),
  MONOLITH_PORT: port(8080),
  ORCHESTRATED_PORT: port(8081),
  DIRECT_PORT: port(8082),
  CHOREOGRAPHED_PORT: port(8083),
  PROVIDER_PORT: port(8070),
  LAB_PORT: port(8090),
  /** Where the lab page listens, if not at 127.0.0.1 alone: whoever reaches it can put load on this machine. */
  LAB_ADDRESS: z.string().optional(),
  /** Front doors that the lab page links to: `NAME=URL`, with blanks between them. */
  LAB_STORES: z.string().optional(),
  /** Set by a parent that wants its children gone with it: the lab page stops when its standard input ends. */
  PARENT_PIPE: z.enum(['0', '1'], 'must be 0 or 1').optional(),
  PROVIDER_URL: url('https?', 'http://localhost:8070').optional(),
  /** Stores that run already, for `compare`: `NAME=URL[,URL...]`, with blanks between them. */
  COMPARE_STORES: z.string().optional(),
  MONOLITH_WORKERS: count(64),
  /** Whether processes keep the spans of their requests, for the shop to show; default: on with `npm start`. */
  XRAY: z.enum(['on', 'off'], 'must be on or off').optional(),
  SEED_PRODUCTS: count(100_000),
});

/** The settings of `npm start`, `npm test` and their like; each is a variable of the environment. */
export type Settings = z.infer<typeof schema>;

/** Settings that the apps understand by themselves; they are handed on as they are. */
const forTheApps = [
  'BIND_ADDRESS',
  'LOG_LEVEL',
  'NODE_ENV',
  'SESSION_SECRET',
  'ADMIN_TOKEN',
  'RATE_LIMIT',
  'TRUST_PROXY',
];
const forEveryProgram = /^(PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE)$/;

/** Parses the settings; an empty variable counts as absent.
 *  @throws Refusal  one line for each wrong setting: its name, what it must be, and what it was */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} ${message}, got ${JSON.stringify(withoutPassword(env[name] ?? ''))}`;
    });
    throw new Refusal(
      faults.length === 1 ? `${faults[0]}.` : `${faults.length} settings are wrong:\n  ${faults.join('\n  ')}`,
    );
  }
  const { data } = parsed;
  const ports = Object.entries(data).filter(([name]) => name.endsWith('_PORT'));
  for (const [index, [name, value]] of ports.entries()) {
    const twin = ports.slice(0, index).find((other) => other[1] === value);
    if (twin) throw new Refusal(`${twin[0]} and ${name} are both ${value}: give each a port of its own.`);
  }
  return data;
}

/** The part of our environment that a started program gets: what it needs to run, and nothing that one of our own
 *  settings of the same name (POSTGRES_URL!) could be taken for. */
export function programEnv(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return pick(env, (name) => forEveryProgram.test(name));
}

/** All of our environment, for tools such as jest that are ours to run but not ours to configure. */
export const wholeEnv = (): NodeJS.ProcessEnv => process.env;

/** Settings of the apps that were given to us, such as LOG_LEVEL. */
export function appSettings(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return pick(env, (name) => forTheApps.includes(name));
}

/** The admin token of a store under test, as tests read it. */
export function testAdmin(env: NodeJS.ProcessEnv = process.env): { TEST_ADMIN_TOKEN: string } {
  return { TEST_ADMIN_TOKEN: env.ADMIN_TOKEN || 'demo-admin' };
}

/** Whether a build server runs us, where nothing may be skipped for want of a database. */
export function isContinuousIntegration(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
}

/** A URL as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:/@]*):.*@/, '$1:***@');
}

function pick(env: NodeJS.ProcessEnv, wanted: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(env).filter(([name, value]) => value !== undefined && value !== '' && wanted(name));
  return Object.fromEntries(entries) as Record<string, string>;
}
