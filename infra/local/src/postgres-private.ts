import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUser } from './database-user.ts';
import { type Daemon, daemon } from './daemon.ts';
import { shown, stateDir } from './paths.ts';
import { freePort } from './ports.ts';
import type { Postgres, PostgresOptions } from './postgres.ts';
import { chooseBinaries, findPostgresBinaries } from './postgres-binaries.ts';
import { adminName, dataFolder, dataVersion, initialize, passwordFile, removeData } from './postgres-data.ts';
import { clearStalePid } from './postgres-stale.ts';
import { codeOf, Refusal } from './refusal.ts';
import { programEnv } from './settings.ts';

/** Settings that both architectures are measured with. `synchronous_commit` is on: an acknowledged order is on disk. */
const ourSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  jit: 'off',
};
// A commit still reaches the system before it is answered, so that also a test may `kill -9` the server.
const unsafeSettings = { fsync: 'off', full_page_writes: 'off' };

/** Runs a PostgreSQL of our own on a free port; see `findPostgres`. */
export async function startPrivatePostgres(options: PostgresOptions): Promise<Postgres> {
  const user = databaseUser();
  const dataDir = dataFolder(options.folder ?? 'postgres', user);
  const env = programEnv();
  const binaries = chooseBinaries(findPostgresBinaries(user, env.PATH ?? ''), dataVersion(dataDir), dataDir);
  if (dataVersion(dataDir) === undefined) await initialize(binaries, dataDir, user, options.signal);

  const port = await freePort();
  const password = readFileSync(join(dataDir, passwordFile), 'utf8').trim();
  const adminUrl = `postgres://${adminName}:${password}@127.0.0.1:${port}/postgres`;
  const settings = {
    port: String(port),
    ...ourSettings,
    ...(options.unsafe && unsafeSettings),
    ...options.serverSettings,
  };
  const server = daemon({
    name: 'PostgreSQL',
    command: join(binaries.bin, 'postgres'),
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { ...env, LC_MESSAGES: 'C' },
    cwd: '/',
    logFile: options.logFile ?? join(stateDir, 'logs', 'postgres.log'),
    ...(user && { user }),
    ...(options.cpus && { cpus: options.cpus }),
    ...(options.cgroup && { cgroup: options.cgroup }),
    stopSignal: 'SIGINT', // "fast": ends sessions instead of waiting for them
    guarded: true,
    prepare: () => clearStalePid(dataDir),
    isReady: () => letsIn(adminUrl),
  });
  const stop = async () => {
    await server.stop(5_000);
    if (options.throwaway) removeData(dataDir);
  };
  try {
    await startPatiently(server, options.signal);
    await closeToOthers(adminUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  const origin = `PostgreSQL ${binaries.major} from ${binaries.from}, data in ${shown(dataDir)}`;
  const patient: Daemon = {
    ...server,
    get pid() {
      return server.pid;
    },
    start: (again) => startPatiently(server, again),
  };
  return { adminUrl, origin, server: patient, stop };
}

/** After a `kill -9`, the server's own processes need a moment to notice and to let go of its memory. */
async function startPatiently(server: Daemon, signal?: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.start(signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      const words = server.lastWords();
      if (attempt < 20 && /shared memory block|lock file .* already exists/.test(words)) {
        await sleep(250);
        continue;
      }
      const fatal = words.split('\n').filter((line) => /(FATAL|HINT|ERROR):/.test(line));
      const why = fatal.map((line) => line.replace(/^.*?(FATAL|HINT|ERROR): */, '')).join(' ');
      throw new Refusal(`PostgreSQL could not start: ${why || words} (log: ${shown(server.logFile)}).`);
    }
  }
}

async function letsIn(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    const wrongPassword = codeOf(error) === '28P01';
    if (wrongPassword)
      throw new Refusal('The private PostgreSQL refuses its own password: `npm run reset` starts afresh.');
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The databases that `initdb` makes are open to every role; ours shall reach nothing but their own. */
async function closeToOthers(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('revoke connect, temporary on database postgres, template1 from public');
  } finally {
    await client.end();
  }
}
