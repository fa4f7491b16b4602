import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type CoreLayout, coreList } from './cores.ts';

const WORK = fileURLToPath(new URL('./yardstick-work.ts', import.meta.url));

/**
 * CPU time, in ms, of a fixed piece of work on the contender's cores: how fast the machine is just now. What shares the
 * physical core out of sight (another virtual machine on its other thread, a lower clock speed) makes every program take
 * more CPU time, and nothing in /proc tells of it. Takes half a second. Undefined where nothing can be pinned.
 */
export async function yardstick(
  { pinned, contender }: Pick<CoreLayout, 'pinned' | 'contender'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!pinned) return undefined;
  const { stdout } = await promisify(execFile)('taskset', ['-c', coreList(contender), process.execPath, WORK], {
    signal,
  });
  return Number(stdout);
}
