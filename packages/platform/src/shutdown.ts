import cluster from 'node:cluster';
import type { Logger } from './log.ts';

export interface Closable {
  close(): Promise<void>;
}

const PATIENCE_MS = 9000;

/**
 * On SIGTERM or SIGINT, once: closes the parts in the order given, from the shopper inward, then exits. A part that
 * hangs does not hold the rest up for ever: after 9 s the process ends with code 1.
 * `parentPipe`: also when standard input ends, so that a process does not outlive the one that started it.
 */
export function closeOnSignal(log: Logger, parentPipe: boolean, ...parts: readonly Closable[]): void {
  let closing = false;
  const close = async (reason: string) => {
    if (closing) return;
    closing = true;
    log.info({ reason }, 'closing');
    setTimeout(() => {
      log.error('not closed in time');
      process.exit(1);
    }, PATIENCE_MS).unref();
    for (const part of parts) {
      await part.close().catch((error: unknown) => log.error({ err: error }, 'could not close a part'));
    }
    process.exit(0);
  };
  process.on('SIGTERM', () => void close('SIGTERM'));
  process.on('SIGINT', () => void close('SIGINT'));
  // A cluster's workers are told by the process that forked them, or notice that it is gone.
  if (cluster.isWorker) process.on('disconnect', () => void close('the parent is gone'));
  else if (parentPipe) onEndOfParent(() => void close('the parent is gone'));
}

/** Whoever started us holds the other end of our standard input: it ends when they do, however they do. */
export function onEndOfParent(act: () => void): void {
  process.stdin.resume().once('end', act);
}
