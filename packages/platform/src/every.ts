import type { Logger } from './log.ts';
import { detached } from './request-context.ts';

export interface Recurring {
  /** Runs it now instead of at the end of the pause; once more, if it is running at this moment. */
  now(): void;
  /** Ends it, after the run in hand. */
  close(): Promise<void>;
}

/** Runs a job again and again, `pauseMs` after its last end, until closed. */
export function every(pauseMs: number, log: Logger | undefined, job: () => Promise<void>): Recurring {
  let closed = false;
  let wanted = false;
  let wake = () => {};
  const loop = async () => {
    while (!closed) {
      wanted = false;
      await job().catch((error: unknown) =>
        log?.warn({ err: error }, 'a background job failed and will be tried again'),
      );
      // Who asked while it ran may have meant what it had already looked at.
      if (closed || wanted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  };
  const ended = detached(loop);
  return {
    now() {
      wanted = true;
      wake();
    },
    async close() {
      closed = true;
      wake();
      await ended;
    },
  };
}
