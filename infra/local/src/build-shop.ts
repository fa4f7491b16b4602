import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** Where a build is made, and what it takes the place of is put: seen by no tool that looks at our sources. */
const half = 'node_modules/.shop-half';
const old = 'node_modules/.shop-old';

/** Builds the shop that the front doors serve (docs/adr/0013), if it is not there or its sources have changed since.
 *  A door that starts meanwhile serves the one before, whole.
 *  @throws Refusal  one sentence and what the builder said; half a build is not left behind */
export async function buildShop({ terminal, signal, ...options }: ShopOptions): Promise<void> {
  const { folder = join(root, 'apps', 'storefront'), builder = join(root, 'node_modules', 'vite', 'bin', 'vite.js') } =
    options;
  const dist = join(folder, 'dist');
  // In what it speaks of: a build by hand deletes it.
  const stamp = join(dist, '.fingerprint');
  const wanted = fingerprint(folder);
  const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isDone()) return;
  const clear = () => [half, old].forEach((name) => rmSync(join(folder, name), { recursive: true, force: true }));
  const unlock = await takeBuildLock(signal);
  try {
    // Another command may have built it while we waited.
    if (isDone()) return;
    const began = Date.now();
    terminal.say('Building the shop ...');
    clear(); // one that was killed could not
    const args = ['build', '--logLevel', 'warn', '--outDir', half, '--emptyOutDir'];
    const { code, output } = await run(process.execPath, [builder, ...args], {
      cwd: folder,
      env: { NODE_ENV: 'production' },
      signal,
      group: true,
    });
    if (code !== 0) throw new Refusal(`The shop could not be built (vite build, exit code ${code}):\n${output.trim()}`);
    writeFileSync(join(folder, half, '.fingerprint'), wanted);
    if (existsSync(dist)) renameSync(dist, join(folder, old));
    renameSync(join(folder, half), dist);
    terminal.say(`The shop is built (${seconds(began)}).`);
  } finally {
    clear();
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

const noSources = new Set(['dist', 'node_modules', 'test']);

function sourcesIn(folder: string): string[] {
  return (
    readdirSync(folder, { withFileTypes: true })
      // What an editor leaves beside a file that it has open begins with a dot, and may be a link to nowhere.
      .filter(({ name }) => !noSources.has(name) && !name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return sourcesIn(path);
        return entry.isFile() ? [path] : [];
      })
  );
}
