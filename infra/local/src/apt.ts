import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stateFolder } from './paths.ts';
import { wholeEnv } from './settings.ts';

export interface AptPackage {
  /** Of Debian's, for example `rabbitmq-server`. */
  readonly name: string;
  /** For people: `RabbitMQ`. */
  readonly title: string;
  /** Why there is none yet. */
  readonly missing: string;
  /** A script that installs what was downloaded; left out: apt-get does it as usual. */
  readonly script?: string;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (line: string) => void;
}

const retryAfterMs = 3_600_000;

/** Installs one of Debian's packages where we may: as root, with apt-get.
 *  @returns nothing once it is there, or in `missing` the words that say why it is not */
export async function aptInstall(
  { name, title, missing, script }: AptPackage,
  { signal, onProgress }: Options,
): Promise<{ readonly missing: string } | undefined> {
  if (!existsSync('/usr/bin/apt-get')) return { missing };
  if (process.getuid?.() !== 0) return { missing: `${missing}; on this machine: sudo apt-get install ${name}` };
  const failure = join(stateFolder(), `${name}-install-failed`);
  if (existsSync(failure) && Date.now() - statSync(failure).mtimeMs < retryAfterMs) {
    return { missing: `${readFileSync(failure, 'utf8')}, to be tried again after an hour or \`npm run reset\`` };
  }
  onProgress?.(`installing ${title} (apt-get, once)`);
  const fault = await install(name, script, signal);
  if (fault === undefined) return undefined;
  const why = `${missing}, and installing it failed (${fault})`;
  writeFileSync(failure, why);
  return { missing: why };
}

/** Lists of packages may be missing, as in a new container, or too old to name a file that is still there. */
async function install(name: string, script: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
  const plain = ['install', '--yes', '--no-install-recommends'];
  const download = [...plain, '--download-only', name];
  if ((await apt(download, signal)) !== undefined) {
    const fault = (await apt(['update'], signal)) ?? (await apt(download, signal));
    if (fault !== undefined) return fault;
  }
  // From here on it is not to be interrupted: packages that are half set up would be left for somebody to mend.
  return script === undefined ? apt([...plain, '--no-download', name]) : faultOf('/bin/sh', [script]);
}

const apt = (args: readonly string[], signal?: AbortSignal) =>
  faultOf('apt-get', ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=15', ...args], signal);

/** Runs a program to its end, or to the signal's. @returns undefined, or what it says went wrong */
async function faultOf(command: string, args: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  signal?.throwIfAborted();
  const env = wholeEnv();
  const child = spawn(command, args, {
    // A proxy of the environment's is for apt-get too; Ctrl-C is for us alone, hence the group of its own.
    env: {
      ...env,
      PATH: [env.PATH, '/usr/sbin', '/sbin'].join(delimiter),
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end);
  const [code] = (await once(child, 'close')) as [number | null];
  signal?.removeEventListener('abort', end);
  signal?.throwIfAborted();
  if (code === 0) return undefined;
  return /^E: (.*)$/m.exec(words)?.[1] ?? words.trim().split('\n').at(-1) ?? `exit code ${code}`;
}
