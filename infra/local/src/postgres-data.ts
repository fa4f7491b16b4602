import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { canReach, type DatabaseUser } from './database-user.ts';
import { outsideDir, outsideFolder, shown, stateDir, stateFolder } from './paths.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { Refusal } from './refusal.ts';
import { newSecret } from './secrets.ts';
import { programEnv } from './settings.ts';

/** The role that owns a private server. */
export const adminName = 'twinstore';

/** Holds the admin's password, inside the data folder: the two live and die together. */
export const passwordFile = 'twinstore.password';

/** Where the data lie: below `.twinstore`, or in `outsideDir` when the database's user cannot reach this clone. */
export function dataFolder(folder: string, user: DatabaseUser | undefined): string {
  stateFolder();
  const base = canReach(stateDir, user) ? stateDir : outsideFolder();
  if (base === outsideDir) chmodSync(base, 0o755);
  const dataDir = join(base, folder);
  mkdirSync(dirname(dataDir), { recursive: true });
  if (base !== dirname(dataDir)) chmodSync(dirname(dataDir), 0o755); // whatever the umask is
  return dataDir;
}

/** Major version of the PostgreSQL that wrote the data, undefined where there are none. */
export function dataVersion(dataDir: string): number | undefined {
  const file = join(dataDir, 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : undefined;
}

/** Makes an empty cluster: UTF-8, passwords by SCRAM, order by code point so that every machine sorts alike.
 *  It is made beside and renamed when complete, so that a crash in between leaves nothing half-made. */
export async function initialize(
  { bin, major }: PostgresBinaries,
  dataDir: string,
  user: DatabaseUser | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const partial = `${dataDir}.new`;
  const password = `${partial}.password`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  writeFileSync(password, `${newSecret()}\n`, { mode: 0o600 });
  if (user) for (const path of [partial, password]) chownSync(path, user.uid, user.gid);
  const locale =
    major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : [process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C'];
  const args = ['-D', partial, '-U', adminName, '--encoding=UTF8', ...locale];
  args.push('--auth=scram-sha-256', `--pwfile=${password}`, '--no-sync', '--no-instructions');
  try {
    await promisify(execFile)(join(bin, 'initdb'), args, { cwd: '/', env: programEnv(), signal, ...user });
    renameSync(password, join(partial, passwordFile));
    renameSync(partial, dataDir);
  } catch (error) {
    removeData(partial);
    signal?.throwIfAborted();
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Refusal(`PostgreSQL could not make its data folder ${shown(dataDir)}: ${words}`);
  } finally {
    rmSync(password, { force: true });
  }
}

/** Deletes the data of a server that is stopped. */
export function removeData(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}
