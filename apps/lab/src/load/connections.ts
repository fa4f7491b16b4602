import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { answerReader, type CallAnswer, type Finished } from './answer-reader.ts';
import { queue } from './queue.ts';

export type { CallAnswer } from './answer-reader.ts';

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether the answer's body is wanted; it is read in any case. */
  readonly keepBody: boolean;
}

type Done = (failure: Error | undefined, answer: CallAnswer) => void;

/** Kept-alive connections to one store. */
export interface Connections {
  /** Calls back once, with an answer or with why there is none; never once they are closed. */
  send(call: Call, done: Done): void;
  /** How many were open at most. */
  readonly count: number;
  close(): void;
}

/** These take turns, so that the workers of a cluster, which share a port connection by connection, get equal shares. */
const IN_TURN = 32;
const AT_MOST = 1000;
/** How often requests that wait too long are looked for. */
const LOOK_EVERY_MS = 100;

/**
 * Those in turn come first. When all of them are busy, one more is opened, since shoppers do not wait for each other's
 * connection; of these the last that was used is the next to be, since a thousand sockets that a stall made it open
 * would never be in a cache, and closing and opening them costs more than the requests do.
 * `timeoutMs`: a call without an answer by then has failed.
 *
 * On sockets and not on undici, as all else here is: at 5,000 requests/s undici's client spends 46 µs of CPU on a
 * request and this one 22 (14 of them in the kernel), where wrk spends 13 to 17. A generator that costs several times
 * what wrk does needs its core for itself long before a store does, and then measures its own queue.
 */
export function openConnections(origin: string, timeoutMs: number): Connections {
  const url = new URL(origin);
  const inTurn = queue<Connection>();
  const spare: Connection[] = [];
  const all = new Set<Connection>();
  const waiting = queue<{ readonly call: Call; readonly done: Done }>();
  const open = { inTurn: 0, atMost: 0 };
  let isClosed = false;

  const connect = (): Connection => {
    const isInTurn = open.inTurn < IN_TURN;
    if (isInTurn) open.inTurn += 1;
    const connection = openConnection(url, {
      isFree() {
        const next = waiting.take();
        if (next) connection.send(next.call, next.done);
        else if (isInTurn) inTurn.add(connection);
        else spare.push(connection);
      },
      isGone() {
        all.delete(connection);
        if (isInTurn) open.inTurn -= 1;
        const next = isClosed ? undefined : waiting.take();
        if (next) connect().send(next.call, next.done);
      },
    });
    all.add(connection);
    open.atMost = Math.max(open.atMost, all.size);
    return connection;
  };
  const usable = (): Connection | undefined => {
    for (let next = inTurn.take(); next; next = inTurn.take()) if (next.isUsable()) return next;
    if (open.inTurn < IN_TURN) return connect();
    for (let next = spare.pop(); next; next = spare.pop()) if (next.isUsable()) return next;
    return all.size < AT_MOST ? connect() : undefined;
  };
  for (let count = 0; count < IN_TURN; count += 1) inTurn.add(connect());
  const watch = setInterval(() => {
    const sentBefore = performance.now() - timeoutMs;
    for (const connection of all) connection.giveUp(sentBefore);
  }, LOOK_EVERY_MS);
  return {
    send(call, done) {
      const connection = usable();
      if (connection) connection.send(call, done);
      else waiting.add({ call, done });
    },
    get count() {
      return open.atMost;
    },
    close() {
      isClosed = true;
      clearInterval(watch);
      for (const connection of all) connection.destroy();
    },
  };
}

/** One of them: it does one call at a time. */
interface Connection {
  send(call: Call, done: Done): void;
  /** Whether it is open, and has not been idle for so long that the store may be about to close it. */
  isUsable(): boolean;
  /** Fails the call that has been going on since before `sentBefore`, if there is one. */
  giveUp(sentBefore: number): void;
  /** Without a word to whoever waits for an answer. */
  destroy(): void;
}

/** Who is told: that it may be given the next call, and that it is closed. */
interface Owner {
  isFree(): void;
  isGone(): void;
}

/** All reading goes through it: what is kept of an answer is copied. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

function openConnection(url: URL, owner: Owner): Connection {
  const reader = answerReader();
  let done: Done | undefined;
  let sentAt = 0;
  let idleSince = performance.now();
  let idleMs = Infinity;
  let failure: Error | undefined;
  const { host } = url;

  const finish = (answer: Finished) => {
    const tell = done;
    done = undefined;
    idleMs = answer.idleMs;
    idleSince = performance.now();
    if (idleMs === 0) socket.destroy();
    else owner.isFree();
    tell?.(undefined, answer);
  };
  const onRead = (count: number): boolean => {
    try {
      const answer = reader.take(readBuffer, count);
      if (answer) finish(answer);
    } catch (error) {
      socket.destroy(error as Error);
    }
    return true;
  };
  const socket = openSocket(url, onRead);
  socket.on('error', (error) => (failure = error));
  socket.on('end', () => {
    const answer = reader.end();
    if (answer) finish(answer);
  });
  socket.on('close', () => {
    const tell = done;
    done = undefined;
    owner.isGone();
    tell?.(failure ?? new Error('the connection was closed before an answer'), noAnswer);
  });
  return {
    send(call, whenDone) {
      done = whenDone;
      sentAt = performance.now();
      reader.expect(call.keepBody);
      // Without a body it is ASCII, and for that Node has a shorter way.
      socket.write(requestOf(host, call), call.body === undefined ? 'latin1' : 'utf8');
    },
    isUsable() {
      const isOpen = !socket.destroyed && !socket.readableEnded;
      if (isOpen && performance.now() - idleSince > idleMs) socket.destroy();
      return !socket.destroyed && isOpen;
    },
    giveUp(sentBefore) {
      if (done && sentAt < sentBefore) socket.destroy(new Error('no answer in time'));
    },
    destroy() {
      done = undefined;
      socket.destroy();
    },
  };
}

const noAnswer: CallAnswer = { status: 0, sid: undefined, body: '' };

function openSocket(url: URL, onRead: (count: number) => boolean): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const port = Number(url.port || (isTls ? 443 : 80));
  const options = { host, port, noDelay: true, onread: { buffer: readBuffer, callback: onRead } };
  return isTls ? connectTls({ servername: host, ...options }) : connectTcp(options);
}

/** A request as it goes over the wire. Headers are our own, and the store's cookie. */
function requestOf(host: string, { method, path, headers, body }: Call): string {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (body !== undefined) return `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  return method === 'GET' ? `${text}\r\n` : `${text}content-length: 0\r\n\r\n`;
}
