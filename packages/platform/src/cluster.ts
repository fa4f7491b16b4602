import cluster, { type Worker } from 'node:cluster';
import type { Logger } from './log.ts';
import { onEndOfParent } from './shutdown.ts';

/**
 * Runs `work` in so many clones of this process that share its port (round robin), or right here if one is enough.
 * A worker that dies is replaced, at growing intervals if it keeps dying. `before` runs once, in the parent.
 * `parentPipe`: all of them close when standard input ends.
 */
export async function clustered(
  workers: number,
  log: Logger,
  parentPipe: boolean,
  before: () => Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  if (cluster.isWorker) return work();
  await before();
  if (workers === 1) return work();
  let closing = false;
  let deaths = 0;
  const endAfterWorkers = () => {
    if (Object.values(cluster.workers ?? {}).every((worker) => worker?.isDead())) process.exit(0);
  };
  const revive = (_worker: Worker, code: number, signal: string) => {
    if (closing) return endAfterWorkers();
    deaths += 1;
    log.warn({ code, signal, deaths }, 'a worker died and is replaced');
    setTimeout(() => closing || cluster.fork(), Math.min(100 * 2 ** deaths, 10_000));
    setTimeout(() => (deaths -= 1), 60_000).unref();
  };
  cluster.on('exit', revive);
  for (let count = 0; count < workers; count += 1) cluster.fork();
  const close = (signal: NodeJS.Signals) => {
    closing = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
    endAfterWorkers();
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  if (parentPipe) onEndOfParent(() => close('SIGTERM'));
}
