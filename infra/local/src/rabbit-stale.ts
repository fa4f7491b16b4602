import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitData } from './rabbit-data.ts';

/** How our epmd is called; it has no other mark that tells it from another's. */
export const epmdArgs = (port: number): string[] => ['-port', String(port), '-address', '127.0.0.1'];

/** Ends what a crash left running on these data (ours alone: the caller holds the lock of `npm start`, or the folder
 *  carries its process id), the broker first. A process id that by now is another program's is left alone. */
export async function endStaleRabbit({ pidFile, mark }: RabbitData): Promise<void> {
  if (existsSync(pidFile)) await end(Number(readFileSync(pidFile, 'utf8')), mark);
  rmSync(pidFile, { force: true });
}

/** The same for its epmd, which outlives the broker. */
export async function endStaleEpmd({ epmdFile }: RabbitData): Promise<void> {
  if (existsSync(epmdFile)) {
    const [pid, port] = readFileSync(epmdFile, 'utf8').split(' ').map(Number);
    await end(pid!, epmdArgs(port!).join(' '));
  }
  rmSync(epmdFile, { force: true });
}

async function end(pid: number, mark: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isMarked(pid, mark)) return;
    process.kill(pid, signal);
    for (let waited = 0; waited < 5_000 && isMarked(pid, mark); waited += 50) await sleep(50);
  }
}

function isMarked(pid: number, mark: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const proc = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self')) {
    return existsSync(proc) && readFileSync(proc, 'utf8').replaceAll('\0', ' ').includes(mark);
  }
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(mark);
}
