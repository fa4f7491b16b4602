import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Refusal } from './refusal.ts';

/** The repository's top folder. */
export const root = dirname(dirname(dirname(import.meta.dirname)));

/** Everything that a run leaves behind on this machine; ignored by git, deleted by `npm run reset`. */
export const stateDir = join(root, '.twinstore');

/** Where data lie when the database's own user cannot reach this clone, for instance below /root. One per clone. */
export const outsideDir = `/var/tmp/twinstore-${createHash('sha256').update(root).digest('hex').slice(0, 10)}`;

/** The path of a folder in `.twinstore`, made where missing. */
export function stateFolder(...parts: string[]): string {
  const path = join(stateDir, ...parts);
  if (!existsSync(path)) mkdirSync(path, { recursive: true });
  return path;
}

/** The path of a folder in `outsideDir`, made where missing.
 *  @throws Refusal  when another user made that folder: everybody may write to /var/tmp */
export function outsideFolder(...parts: string[]): string {
  if (!existsSync(outsideDir)) mkdirSync(outsideDir, { mode: 0o755 });
  if (statSync(outsideDir).uid !== process.getuid?.()) {
    throw new Refusal(`${outsideDir} is another user's folder, so no data are put there: delete it and start again.`);
  }
  const path = join(outsideDir, ...parts);
  if (!existsSync(path)) mkdirSync(path, { recursive: true });
  return path;
}

/** A path as a person would type it: relative to the clone where it lies inside. */
export function shown(path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside;
}
