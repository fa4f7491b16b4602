import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './paths.ts';
import { wholeEnv } from './settings.ts';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Where it works; default: the repository's top folder. */
  readonly cwd?: string;
  /** Shows what it writes; else it is collected. */
  readonly visible?: boolean;
  /** The program has children that outlive it: all of them are ended with it. */
  readonly group?: boolean;
}

/** Runs a program of ours to its end; ended when `signal` is.
 *  @returns its exit code (1 where a signal ended it), and what it wrote unless that was shown */
export async function run(
  command: string,
  args: readonly string[],
  { env = {}, signal, cwd = root, visible = false, group = false }: RunOptions = {},
): Promise<{ code: number; output: string }> {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: { ...wholeEnv(), ...env },
    stdio: visible ? [group ? 'ignore' : 'inherit', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    detached: group,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = () => (group ? endGroup(child.pid) : child.kill('SIGTERM'));
  signal?.addEventListener('abort', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    return { code: code ?? 1, output: Buffer.concat(chunks).toString() };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // gone already
  }
}
