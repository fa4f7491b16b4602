import type { Logger } from './log.ts';
import { detached } from './request-context.ts';

export interface Recurring {
  /** Runs it now instead of at the end of the pause. */
  now(): void;
  /** Ends it, after the run in hand. */
  close(): Promise<void>;
}

/** Runs a job again and again, `pauseMs` after its last end, until closed. */
export function every(pauseMs: number, log: Logger | undefined, job: () => Promise<void>): Recurring {
  let closed = false;
  let wake = () => {};
  const loop = async () => {
    while (!closed) {
      await job().catch((error: unknown) =>
        log?.warn({ err: error }, 'a background job failed and will be tried again'),
      );
      if (closed) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  };
  const ended = detached(loop);
  return {
    now: () => wake(),
    async close() {
      closed = true;
      wake();
      await ended;
    },
  };
}
