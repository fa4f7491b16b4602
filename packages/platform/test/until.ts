import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it is so. @throws when it is not within 25 s: a loop that goes on would keep the whole run from ending */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 25_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come about');
    await sleep(20);
  }
}
