import { spawnSync } from 'node:child_process';
import { Refusal } from './refusal.ts';

export interface DatabaseUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user that PostgreSQL shall run as, or undefined for the present one. Only root needs another: PostgreSQL
 *  refuses to run as root. `candidates`: user names, the first that exists is taken. */
export function databaseUser(
  candidates: readonly string[] = ['postgres', '_postgres', 'nobody'],
): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid && gid) return { name, uid, gid };
  }
  throw new Refusal(
    `PostgreSQL refuses to run as root, and there is no user ${candidates.join(' or ')} to run it as: ` +
      'add one of them, run this as an ordinary user, or set POSTGRES_URL to a server that runs.',
  );
}

/** Whether `user` can open the path, every folder above it included; the way to know is to try it as that user. */
export function canReach(path: string, user: DatabaseUser | undefined): boolean {
  const as = user && { uid: user.uid, gid: user.gid };
  return spawnSync('/bin/sh', ['-c', 'test -r "$1" && test -x "$1"', 'reach', path], { cwd: '/', ...as }).status === 0;
}

function idOf(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}
