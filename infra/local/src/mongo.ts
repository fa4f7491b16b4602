import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type Daemon, daemon } from './daemon.ts';
import { shown, stateDir, stateFolder } from './paths.ts';
import { freePort } from './ports.ts';
import { Refusal, wordsOf } from './refusal.ts';
import { programEnv, withoutPassword } from './settings.ts';

export interface MongoOptions {
  /** A server that runs already (MONGODB_URL). */
  readonly url?: string | undefined;
  /** Folder below `.twinstore` for the data; default `mongodb`. */
  readonly folder?: string;
  /** Whether to download a `mongod` (some 80 MB, once) where this machine has none. */
  readonly download?: boolean;
  readonly cpus?: string;
  /** Control group to run in: its `cgroup.procs`. */
  readonly cgroup?: string;
  readonly logFile?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

export interface Mongo {
  /** URL of the server, without a database. */
  readonly url: string;
  /** Which server it is, in a few words. */
  readonly origin: string;
  /** The server itself, where we run it. */
  readonly server?: Daemon;
  stop(): Promise<void>;
}

/** Finds a MongoDB or starts one: the given URL, else a private `mongod` from the PATH, else a downloaded one.
 *  @returns the server, or in `missing` the sentence that says why there is none
 *  @throws Refusal  the given URL does not answer, or a `mongod` that is there does not start */
export async function findMongo(options: MongoOptions = {}): Promise<Mongo | { readonly missing: string }> {
  if (options.url !== undefined) {
    await checkGivenMongo(options.url);
    return { url: options.url, origin: 'MongoDB from MONGODB_URL', stop: async () => {} };
  }
  const searchPath = programEnv().PATH ?? '';
  const onPath = searchPath.split(delimiter).find((dir) => dir !== '' && existsSync(join(dir, 'mongod')));
  if (onPath !== undefined) return startMongo(join(onPath, 'mongod'), 'the PATH', options);
  if (!options.download) return { missing: 'there is no mongod on the PATH and MONGODB_URL is not set' };
  const downloaded = await downloadMongod(options);
  if ('missing' in downloaded) return downloaded;
  try {
    return await startMongo(downloaded.program, 'a download', options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { missing: `the downloaded mongod does not run on this machine (${wordsOf(error)})` }; // no AVX, for instance
  }
}

/** The URL of one database on a server; of several hosts too, which `URL` does not understand. */
export function mongoDatabase(serverUrl: string, name: string): string {
  const parts = /^(?<server>mongodb(?:\+srv)?:\/\/[^/?]+)\/?(?<path>[^?]*)(?:\?(?<query>.*))?$/.exec(serverUrl)?.groups;
  if (!parts) throw new Refusal(`${withoutPassword(serverUrl)} is not the URL of a MongoDB server.`);
  const query = new URLSearchParams(parts.query);
  // Who logs in to the database in the path, or to `admin` without one, must go on doing so.
  if (parts.server!.includes('@') && !query.has('authSource')) query.set('authSource', parts.path || 'admin');
  return `${parts.server}/${name}${query.size > 0 ? `?${query}` : ''}`;
}

/** Deletes one database; for tests. */
export async function dropMongoDatabase(databaseUrl: string): Promise<void> {
  const client = new MongoClient(databaseUrl, { serverSelectionTimeoutMS: 3_000 });
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}

async function startMongo(program: string, from: string, options: MongoOptions): Promise<Mongo> {
  const dataDir = stateFolder(options.folder ?? 'mongodb');
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}`;
  const args = ['--dbpath', dataDir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const server = daemon({
    name: 'MongoDB',
    command: program,
    args: [...args, '--wiredTigerCacheSizeGB', '0.25'], // its own default is half of the machine's memory
    env: programEnv(),
    cwd: dataDir,
    logFile: options.logFile ?? join(stateDir, 'logs', 'mongodb.log'),
    ...(options.cpus && { cpus: options.cpus }),
    ...(options.cgroup && { cgroup: options.cgroup }),
    stopSignal: 'SIGTERM',
    guarded: true,
    isReady: () => answers(url, 1_000),
  });
  await server.start(options.signal);
  return { url, origin: `MongoDB from ${from}, data in ${shown(dataDir)}`, server, stop: () => server.stop(5_000) };
}

async function checkGivenMongo(url: string): Promise<void> {
  try {
    await ping(url, 3_000);
  } catch (error) {
    throw new Refusal(
      `MONGODB_URL (${withoutPassword(url)}) does not let us in (${wordsOf(error)}): ` +
        'start that server or mend the URL, or leave MONGODB_URL out.',
    );
  }
}

async function answers(url: string, timeoutMs: number): Promise<boolean> {
  return ping(url, timeoutMs).then(
    () => true,
    () => false,
  );
}

async function ping(url: string, timeoutMs: number): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: timeoutMs });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

const retryAfterMs = 3_600_000;
const firstByteMs = 10_000;
const stallMs = 60_000;

/** Downloads in a program of its own, which can be ended when the network neither answers nor refuses. */
async function downloadMongod({
  signal,
  onProgress,
}: MongoOptions): Promise<{ program: string } | { missing: string }> {
  const folder = stateFolder('mongodb-binaries');
  const failure = join(stateDir, 'mongodb-download-failed');
  if (existsSync(failure) && Date.now() - statSync(failure).mtimeMs < retryAfterMs) {
    return { missing: `${readFileSync(failure, 'utf8')}, to be tried again after an hour or \`npm run reset\`` };
  }
  const script = join(import.meta.dirname, 'mongo-download.ts');
  const child = spawn(process.execPath, [script, folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...programEnv(),
      // It fails at once instead of trying again for long, and takes nothing that is not MongoDB's.
      MONGOMS_MAX_RETRIES: '1',
      MONGOMS_MD5_CHECK: '1',
      npm_config_strict_ssl: 'true',
    },
  });
  const abort = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  let timer = setTimeout(abort, firstByteMs);
  const answer = { program: '', error: '' };
  let bytes = 0;
  child.stdout.on('data', (data: Buffer) => {
    for (const line of data.toString().split('\n')) {
      const [word, rest] = [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)];
      if (word === 'program' || word === 'error') answer[word] = rest;
      if (word !== 'bytes' || Number(rest) <= bytes) continue;
      if (bytes === 0) onProgress?.('downloading MongoDB (once, some 80 MB)');
      bytes = Number(rest);
      clearTimeout(timer);
      timer = setTimeout(abort, stallMs);
    }
  });
  child.stderr.resume();
  await once(child, 'close');
  clearTimeout(timer);
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (answer.program) return { program: answer.program };
  const silent = bytes === 0 ? 'the download server does not answer' : 'the download stood still';
  const missing = `there is no mongod on the PATH, and downloading one failed (${answer.error || silent})`;
  writeFileSync(failure, missing);
  return { missing };
}
