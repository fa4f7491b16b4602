import type { Request, Response } from 'express';
import type { ProblemReply, Route, RouteInput } from '@twinstore/contracts';
import { bindAnswer, type Binding, type CallOf } from './bind.ts';
import { exchangeOf } from './exchange.ts';
import { send, sendProblem, type Headers } from './reply.ts';
import { endAtShutdown } from './server.ts';

export interface ServerSentEvent {
  readonly event: string;
  /** What a client that lost its connection gives back as `Last-Event-ID`. No line breaks. */
  readonly id: string;
  /** Sent as one line of JSON. */
  readonly data: unknown;
}

/** The way to one client. After its end, all of this does nothing. */
export interface EventSink {
  send(event: ServerSentEvent): void;
  end(): void;
}

/** What there is to tell one client, for as long as it listens. */
export interface EventFeed {
  /** Begins to tell. Not called for a client that is gone by then, or that only wants the headers. */
  start(sink: EventSink): void;
  /** Called once, in any case, when nothing can be told any more. */
  stop(): void;
}

/** `nothing`: there is nothing to tell, now or later; the client need not come back (204). */
export type EventReply = ProblemReply | { readonly feed: EventFeed } | 'nothing';

/** Well below the time after which proxies give up an answer that says nothing. */
const COMMENT_EVERY_MS = 15_000;

/** As the standard asks; and nginx must not save up what it passes on, or nothing arrives in time.
 *  https://html.spec.whatwg.org/multipage/server-sent-events.html */
const HEADERS: Headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/** Binds a route whose answer is a stream of server-sent events. */
export const bindEvents = <const R extends Route & { readonly streams: true }>(
  route: R,
  answer: (input: RouteInput<R>, call: CallOf<R>) => Promise<EventReply>,
  commentEveryMs = COMMENT_EVERY_MS,
): Binding =>
  bindAnswer(route, answer, (req, res, reply) => {
    if (reply === 'nothing') return send(req, res, 204, { 'Cache-Control': 'no-store' });
    if ('problem' in reply) return sendProblem(req, res, reply);
    stream(req, res, reply.feed, commentEveryMs);
  });

function stream(req: Request, res: Response, feed: EventFeed, commentEveryMs: number): void {
  if (req.method === 'HEAD' || res.destroyed) {
    feed.stop();
    return send(req, res, 200, { ...HEADERS });
  }
  const end = () => void res.end();
  const comments = setInterval(() => {
    // Whoever does not read gets nothing more to keep in memory.
    if (!res.writableNeedDrain) res.write(':\n\n');
  }, commentEveryMs);
  res.once('close', () => {
    clearInterval(comments);
    feed.stop();
  });
  res.writeHead(200, { ...HEADERS, ...exchangeOf(res)?.closingHeaders() });
  res.flushHeaders();
  feed.start({
    send({ event, id, data }) {
      if (!res.writableEnded) res.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end,
  });
  endAtShutdown(res, end);
}
