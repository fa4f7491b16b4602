import type { EventFeed, EventSink } from '@twinstore/platform';
import type { RunState, Runs, Told } from './runs.ts';

/** One message to a page that watches. */
export interface Message {
  /** The clock of what is told, in ms since 1970: that of the reader may be another. */
  readonly now: number;
  readonly run: RunState;
  /** What the reader has not been told yet, oldest first. */
  readonly events: readonly Pick<Told, 'at' | 'progress'>[];
}

/** The page shares the machine with what is measured, so what is told within a second goes out together. */
const GAP_MS = 1_000;

/**
 * Tells one client the state of affairs, all that has happened so far in the present run, and then what happens, in at
 * most one message per `gapMs`. `lastEventId`: as that client gives it back after it lost its connection; it gets what
 * it has missed.
 */
export function feedOf(runs: Runs, lastEventId: string | undefined, gapMs = GAP_MS): EventFeed {
  let [runId, number] = positionOf(lastEventId);
  let lastSent = 0;
  let timer: NodeJS.Timeout | undefined;
  let forget = () => {};

  const sendNow = (sink: EventSink) => {
    timer = undefined;
    lastSent = Date.now();
    const run = runs.state();
    if (run.id !== runId) number = 0;
    const events = runs.toldAfter(number);
    runId = run.id;
    number = events.at(-1)?.number ?? number;
    const message: Message = { now: lastSent, run, events: events.map(({ at, progress }) => ({ at, progress })) };
    sink.send({ event: 'progress', id: `${runId}.${number}`, data: message });
  };

  return {
    start(sink) {
      sendNow(sink);
      forget = runs.onChange(() => {
        timer ??= setTimeout(() => sendNow(sink), Math.max(0, lastSent + gapMs - Date.now()));
      });
    },
    stop() {
      forget();
      clearTimeout(timer);
    },
  };
}

function positionOf(lastEventId: string | undefined): [runId: string, number: number] {
  const [, runId, number] = /^(\w+)\.(\d{1,9})$/.exec(lastEventId ?? '') ?? [];
  return [runId ?? '', Number(number ?? 0)];
}
