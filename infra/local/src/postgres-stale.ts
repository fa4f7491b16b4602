import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clears away what a crash left: ends a server that still runs on these data (ours alone: the caller holds the lock
 *  of `npm start`, or the folder carries its process id), and removes a pid file that names nobody, or by now
 *  another program, for which PostgreSQL would refuse to start. */
export async function clearStalePid(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!servesData(pid, dataDir)) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < 3_000 && servesData(pid, dataDir); waited += 50) await sleep(50);
  }
  rmSync(file, { force: true });
}

function servesData(pid: number, dataDir: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const proc = `/proc/${pid}/cmdline`;
  if (existsSync('/proc/self')) return existsSync(proc) && readFileSync(proc, 'utf8').includes(dataDir);
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(dataDir);
}
