import { createHmac } from 'node:crypto';
import pg from 'pg';

export interface DatabaseNames {
  /** Before each name, default `twinstore_`. */
  readonly prefix?: string;
  /** After each name, for instance `_test_4711`. */
  readonly suffix?: string;
}

/** The databases of both stores and of the payment provider. */
export const storeDatabases = ['monolith', 'product', 'cart', 'order', 'payment', 'provider'] as const;
export type StoreDatabase = (typeof storeDatabases)[number];

/** Gives each name a database and a login role of its own, called `twinstore_<name>`; no role can connect to another's
 *  database. Safe to repeat: what exists stays, with its data. `adminUrl`: a role that may create both.
 *  @returns a URL per name, with a password that a repetition finds again */
export async function provisionDatabases<Name extends string>(
  adminUrl: string,
  names: readonly Name[],
  options: DatabaseNames = {},
): Promise<Record<Name, string>> {
  return asAdmin(adminUrl, async (client) => {
    const urls = {} as Record<Name, string>;
    for (const name of names) urls[name] = await provision(client, adminUrl, fullName(name, options));
    return urls;
  });
}

/** Removes databases and roles that `provisionDatabases` made, also those in use. Safe to repeat. */
export async function dropDatabases(
  adminUrl: string,
  names: readonly string[],
  options: DatabaseNames = {},
): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    for (const name of names) {
      const id = pg.escapeIdentifier(fullName(name, options));
      await client.query(`drop database if exists ${id} with (force)`);
      await client.query(`drop role if exists ${id}`);
    }
  });
}

const fullName = (name: string, { prefix = 'twinstore_', suffix = '' }: DatabaseNames) => `${prefix}${name}${suffix}`;

async function provision(client: pg.Client, adminUrl: string, name: string): Promise<string> {
  const id = pg.escapeIdentifier(name);
  const password = passwordOf(adminUrl, name);
  const exists = async (table: 'pg_roles' | 'pg_database', column: 'rolname' | 'datname') =>
    (await client.query(`select 1 from ${table} where ${column} = $1`, [name])).rowCount === 1;

  const verb = (await exists('pg_roles', 'rolname')) ? 'alter' : 'create';
  await client.query(`${verb} role ${id} login password ${pg.escapeLiteral(password)}`);
  if (!(await exists('pg_database', 'datname'))) {
    // Only a member of a role may make it an owner; a superuser is a member of all.
    await client.query(`grant ${id} to current_user`);
    await client.query(`create database ${id} owner ${id} template template0 encoding 'UTF8'`);
  }
  await client.query(`revoke connect, temporary on database ${id} from public`);
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}

/** Derived, so that nothing needs to be kept: who knows the admin's password can do everything anyway. */
function passwordOf(adminUrl: string, role: string): string {
  return createHmac('sha256', new URL(adminUrl).password).update(role).digest('base64url');
}

async function asAdmin<T>(adminUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Two clones may share one server; whoever comes second finds everything made.
    await client.query(`select pg_advisory_lock(hashtext('twinstore provisions databases'))`);
    return await work(client);
  } finally {
    await client.end();
  }
}
