import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './paths.ts';
import { wholeEnv } from './settings.ts';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Shows what it writes; else it is collected. */
  readonly visible?: boolean;
}

/** Runs a program of ours to its end in the repository's top folder; ended when `signal` is.
 *  @returns its exit code (1 where a signal ended it), and what it wrote unless that was shown */
export async function run(
  command: string,
  args: readonly string[],
  { env = {}, signal, visible = false }: RunOptions = {},
): Promise<{ code: number; output: string }> {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...wholeEnv(), ...env },
    stdio: visible ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    return { code: code ?? 1, output: Buffer.concat(chunks).toString() };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
