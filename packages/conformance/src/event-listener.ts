import type { Door } from './door.ts';
import { eventsIn, type StreamedEvent } from './events-in.ts';
import { demandManners } from './manners.ts';
import { listen, type RawAnswer } from './transport.ts';

export interface EventListener {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined when the stream has ended, or if its client has left. */
  next(): Promise<StreamedEvent | undefined>;
  /** All that is still to come. */
  rest(): Promise<readonly StreamedEvent[]>;
  /** Lines so far by which the door only said that it is still there. */
  comments(): number;
  /** Hangs up. */
  leave(): void;
}

/** Listens to a stream of the door. At its end it is held to what every answer owes; a fault is thrown to who listens. */
export async function eventListener(
  door: Pick<Door, 'url'>,
  path: string,
  headers: Record<string, string>,
): Promise<EventListener> {
  const answer = await listen(door.url, path, headers);
  const chunks = answer.body[Symbol.asyncIterator]();
  let text = '';
  let given = 0;
  let isOver = false;

  async function receive(): Promise<void> {
    const { value, done } = await chunks.next();
    if (!done) return void (text += value.toString('utf8'));
    isOver = true;
    const whole: RawAnswer = { status: answer.status, headers: answer.headers, text, bytes: Buffer.from(text) };
    await demandManners(door, { method: 'GET', path, headers }, whole);
  }

  async function next(): Promise<StreamedEvent | undefined> {
    for (;;) {
      const found = eventsIn(text)[given];
      if (found) {
        given += 1;
        return found;
      }
      if (isOver) return undefined;
      await receive();
    }
  }

  return {
    status: answer.status,
    headers: answer.headers,
    next,
    async rest() {
      const all: StreamedEvent[] = [];
      for (let found = await next(); found; found = await next()) all.push(found);
      return all;
    },
    comments: () => text.match(/^:/gm)?.length ?? 0,
    leave() {
      isOver = true;
      answer.body.destroy();
    },
  };
}
