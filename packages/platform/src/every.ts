import type { Logger } from './log.ts';
import { detached } from './request-context.ts';

/** Runs a job again and again, `pauseMs` after its last end, until closed; closing waits for the run in hand. */
export function every(pauseMs: number, log: Logger, job: () => Promise<void>): { close(): Promise<void> } {
  let closed = false;
  let wake = () => {};
  const loop = async () => {
    while (!closed) {
      await job().catch((error: unknown) =>
        log.warn({ err: error }, 'a background job failed and will be tried again'),
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
    async close() {
      closed = true;
      wake();
      await ended;
    },
  };
}
