import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outsideDir, stateDir } from './paths.ts';
import { codeOf } from './refusal.ts';

/** Name of a folder for one run's own data, `test-4711`: it tells by its process id whether the run is over. */
export const runFolder = (kind: string): string => `${kind}-${process.pid}`;

/** Deletes what runs of this kind left behind that were killed. */
export function sweepRunFolders(kind: string): void {
  for (const base of [stateDir, join(stateDir, 'logs'), outsideDir]) {
    for (const name of existsSync(base) ? readdirSync(base) : []) {
      const pid = new RegExp(`^${kind}-(\\d+)$`).exec(name)?.[1];
      if (pid && !isAlive(Number(pid))) rmSync(join(base, name), { recursive: true, force: true });
    }
  }
}

/** Deletes one run's data. Its logs stay until the next run, for whoever wants to know what went wrong. */
export function removeRunFolder(name: string): void {
  for (const base of [stateDir, outsideDir]) rmSync(join(base, name), { recursive: true, force: true });
}

/** Whether the name is that of a run which still goes on. */
export function belongsToLiveRun(name: string): boolean {
  const pid = /^[a-z]+-(\d+)$/.exec(name)?.[1];
  return pid !== undefined && isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
