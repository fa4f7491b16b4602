import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seconds, type Terminal } from './lines.ts';
import { root, stateFolder } from './paths.ts';
import { Refusal } from './refusal.ts';
import { run } from './run.ts';
import { takeLock } from './start-lock.ts';

export interface ShopOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The package that is built, into its `dist`; default: apps/storefront. */
  readonly folder?: string;
  /** The script that Node builds it by. */
  readonly builder?: string;
}

/** Builds the shop that the front doors serve (docs/adr/0013), if it is not there or its sources have changed since.
 *  @throws Refusal  one sentence and what the builder said; half a build is not left behind */
export async function buildShop({ terminal, signal, ...options }: ShopOptions): Promise<void> {
  const { folder = join(root, 'apps', 'storefront'), builder = join(root, 'node_modules', 'vite', 'bin', 'vite.js') } =
    options;
  const dist = join(folder, 'dist');
  // In what it speaks of: a build by hand deletes it, and so does one that is cut short.
  const stamp = join(dist, '.fingerprint');
  const wanted = fingerprint(folder);
  const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isDone()) return;
  const unlock = await takeBuildLock(signal);
  try {
    // Another command may have built it while we waited.
    if (isDone()) return;
    const began = Date.now();
    terminal.say('Building the shop ...');
    rmSync(stamp, { force: true });
    const { code, output } = await run(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
      cwd: folder,
      env: { NODE_ENV: 'production' },
      signal,
      group: true,
    });
    if (code !== 0) throw new Refusal(`The shop could not be built (vite build, exit code ${code}):\n${output.trim()}`);
    writeFileSync(stamp, wanted);
    terminal.say(`The shop is built (${seconds(began)}).`);
  } finally {
    if (!existsSync(stamp)) rmSync(dist, { recursive: true, force: true });
    unlock();
  }
}

/** Two commands begun at once must not both write the same folder. */
async function takeBuildLock(signal: AbortSignal): Promise<() => void> {
  const path = `${relative(process.cwd(), stateFolder())}/build.sock`;
  for (;;) {
    const unlock = await takeLock(path);
    if (unlock) return unlock;
    await sleep(200, undefined, { signal });
  }
}

/** Changes with every file that the build may read, and with the versions of the packages that it is made by. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  const common = ['package-lock.json', 'tsconfig.base.json'].map((name) => join(root, name));
  for (const file of [...common, ...[...packagesOf(folder)].flatMap(sourcesIn)]) {
    hash.update(`${relative(root, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** A package's folder and those of our other packages that it uses, theirs included. */
function packagesOf(folder: string, known = new Set<string>()): Set<string> {
  if (known.has(folder)) return known;
  known.add(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: object };
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (name.startsWith('@twinstore/')) packagesOf(realpathSync(join(root, 'node_modules', name)), known);
  }
  return known;
}

const noSources = new Set(['dist', 'node_modules', 'test', '.turbo']);

function sourcesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !noSources.has(name));
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sourcesIn(path) : [path];
    });
}
