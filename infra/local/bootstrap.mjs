// node infra/local/bootstrap.mjs COMMAND [arguments], where src/cli.ts knows the commands
//
// What runs before anything is installed, on whatever Node there is: installs what is missing, then hands over to
// src/cli.ts on the pinned Node 24. No dependencies, no TypeScript, nothing newer than Node 20.19.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const inRoot = (...parts) => join(root, ...parts);
const stamp = inRoot('node_modules', '.twinstore-stamp');
const lockFile = inRoot('.twinstore', 'install.lock');
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`This needs Node 20.19 or newer to begin with, and ${process.execPath} is ${process.versions.node}.`);
}
await installWhatIsMissing();
runCli(pinnedNode());

async function installWhatIsMissing() {
  const wanted = fingerprint();
  const isDone = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isDone()) return;
  await lockInstall();
  try {
    // An `npm install` by hand, or another process while we waited, may have done it already.
    if (!isDone() && !isInSync()) await npmCi();
    writeFileSync(stamp, wanted);
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** The package.json files, by their folder as the lock file names it: '' is the root. */
function manifests() {
  const read = (folder) => JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'));
  const folders = read('').workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return existsSync(inRoot(parent)) ? readdirSync(inRoot(parent)).map((name) => `${parent}/${name}`) : [];
  });
  const present = folders.filter((folder) => existsSync(inRoot(folder, 'package.json')));
  return Object.fromEntries(['', ...present.sort()].map((folder) => [folder, read(folder)]));
}

function dependenciesOf(manifest) {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return JSON.stringify(kinds.map((kind) => Object.entries(manifest?.[kind] ?? {}).sort()));
}

/** Changes when another install is needed: the lock file, or a dependency in some package.json. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(inRoot('package-lock.json')));
  for (const [folder, manifest] of Object.entries(manifests())) hash.update(folder + dependenciesOf(manifest));
  return hash.digest('hex');
}

/** Whether node_modules holds what the lock file asks for; npm notes what it installed in a lock file of its own. */
function isInSync() {
  const installedFile = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  for (const [folder, manifest] of Object.entries(manifests())) {
    if (dependenciesOf(manifest) !== dependenciesOf(locked[folder])) return false;
  }
  return Object.entries(locked).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const present = installed[path];
    if (!present) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

/** Two commands begun at once in a new clone must not both install. */
async function lockInstall() {
  mkdirSync(dirname(lockFile), { recursive: true });
  let isTold = false;
  for (;;) {
    try {
      return writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const lock = readLock();
    if (lock?.isStale) rmSync(lockFile, { force: true });
    else if (lock && !isTold) {
      const who = lock.holder ? `Another command (process ${lock.holder})` : 'Another command';
      const path = relative(process.cwd(), lockFile);
      process.stdout.write(`${who} installs the packages; if it does not, delete ${path}. Waiting ...\n`);
      isTold = true;
    }
    await sleep(250);
  }
}

/** Which process installs (0: it has not said so yet), and whether that is long over; undefined where none does. */
function readLock() {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'));
    // In a container that is started again, process ids come again: ours in the lock is of a command before us.
    const isOver = holder === process.pid || !isAlive(holder);
    return { holder, isStale: holder ? isOver : Date.now() - statSync(lockFile).mtimeMs > 5000 };
  } catch {
    return undefined; // it is gone
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function npmCi() {
  process.stdout.write('Installing packages (npm ci; about a minute the first time) ... ');
  const began = Date.now();
  // npm must not run on the Node in node_modules, which it is about to delete.
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'));
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawn('npm', args, {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // A group of its own, which Ctrl-C does not reach: what npm has started ends with it, and then we do.
    detached: process.platform !== 'win32',
  });
  let calledOff;
  const callOff = (signal) => {
    calledOff ??= signal;
    endGroup(npm);
  };
  for (const signal of endings) process.on(signal, callOff);
  const output = [];
  npm.stdout.on('data', (chunk) => output.push(chunk));
  npm.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve) => {
    npm.on('error', (error) => resolve(error.message));
    npm.on('close', resolve);
  });
  for (const signal of endings) process.off(signal, callOff);
  if (calledOff) {
    rmSync(lockFile, { force: true });
    process.stdout.write('stopped\n');
    process.exit(128 + constants.signals[calledOff]);
  }
  if (code === 0) {
    process.stdout.write(`${Math.round((Date.now() - began) / 1000)} s\n`);
    return;
  }
  rmSync(lockFile, { force: true });
  process.stdout.write('failed\n');
  process.stderr.write(Buffer.concat(output));
  const outOfSync = Buffer.concat(output).includes('npm install');
  fail(
    outOfSync
      ? 'The packages could not be installed (npm ci, above): run `npm install` once to bring package-lock.json up to date.'
      : `The packages could not be installed (npm ci, above; exit code ${code}): mend that and run this again.`,
  );
}

function endGroup(child) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGTERM');
  } catch {
    // gone already
  }
}

function pinnedNode() {
  const pinned = [inRoot('node_modules', 'node', 'bin', 'node'), inRoot('node_modules', '.bin', 'node')];
  const node = pinned.find((path) => existsSync(path)) ?? (major >= 24 ? process.execPath : undefined);
  return (
    node ??
    fail(
      'Node 24 is missing from node_modules (the npm package `node` did not install it): ' +
        'delete node_modules and run this again, or run it with a Node 24 of your own.',
    )
  );
}

function runCli(node) {
  const compileCache = process.env.NODE_COMPILE_CACHE ?? inRoot('.twinstore', 'compile-cache');
  // The fourth channel carries nothing. It closes when we are killed, and then the CLI stops all that it started.
  const cli = spawn(node, [inRoot('infra', 'local', 'src', 'cli.ts'), ...process.argv.slice(2)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Never end before the CLI has: Ctrl-C reaches both, `kill` only us. The CLI takes a signal that it gets twice as one.
  for (const signal of endings) process.on(signal, () => cli.kill(signal));
  if (process.env.npm_lifecycle_event) {
    const npm = process.ppid;
    setInterval(() => process.ppid !== npm && cli.kill('SIGTERM'), 1000).unref(); // npm was killed
  }
  cli.on('error', (error) => fail(`${node} could not be run: ${error.message}`));
  cli.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** @returns {never} */
function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
