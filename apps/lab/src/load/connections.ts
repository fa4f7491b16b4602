import { Client, type Dispatcher } from 'undici';

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  /** Whether the answer's body is wanted; it is read in any case. */
  readonly keepBody: boolean;
}

export interface CallAnswer {
  readonly status: number;
  /** The `sid` cookie, where the answer sets one. */
  readonly sid: string | undefined;
  /** '' unless `keepBody`. */
  readonly body: string;
}

/** Kept-alive connections to one store. */
export interface Connections {
  /** Calls back once, with an answer or with why there is none. */
  send(call: Call, done: (failure: Error | undefined, answer: CallAnswer) => void): void;
  /** How many are open. */
  readonly count: number;
  close(): Promise<void>;
}

/** At the beginning, so that the workers of a cluster, which share a port connection by connection, get equal shares. */
const AT_FIRST = 32;
const AT_MOST = 1000;

/** They take turns, and one more is opened when all are busy, since shoppers do not wait for each other's connection.
 *  `timeoutMs`: a call without an answer by then has failed. */
export function openConnections(origin: string, timeoutMs: number): Connections {
  const connect = () =>
    new Client(origin, { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect: { timeout: timeoutMs } });
  const idle: Client[] = Array.from({ length: AT_FIRST }, connect);
  const all = new Set(idle);
  const waiting: ((client: Client) => void)[] = [];

  const acquire = (use: (client: Client) => void) => {
    let client = idle.shift();
    if (!client && all.size < AT_MOST) all.add((client = connect()));
    if (client) use(client);
    else waiting.push(use);
  };
  const release = (client: Client) => {
    const next = waiting.shift();
    if (next) next(client);
    else idle.push(client);
  };
  return {
    send(call, done) {
      acquire((client) => {
        client.dispatch(
          { method: call.method, path: call.path, headers: call.headers, body: call.body ?? null },
          reading(call.keepBody, (failure, answer) => {
            release(client);
            done(failure, answer);
          }),
        );
      });
    },
    get count() {
      return all.size;
    },
    async close() {
      await Promise.all([...all].map((client) => client.destroy()));
    },
  };
}

/** Reads one answer. `fetch` and `request` would do it too, at several times the CPU. */
function reading(
  keepBody: boolean,
  done: (failure: Error | undefined, answer: CallAnswer) => void,
): Dispatcher.DispatchHandler {
  let status = 0;
  let sid: string | undefined;
  const chunks: Buffer[] = [];
  return {
    onRequestStart() {},
    onResponseStart(_, statusCode, headers) {
      status = statusCode;
      const cookies = headers['set-cookie'];
      if (cookies !== undefined) sid = /(?:^|,)sid=[^;,]*/.exec(String(cookies))?.[0];
    },
    onResponseData(_, chunk) {
      if (keepBody) chunks.push(chunk);
    },
    onResponseEnd() {
      done(undefined, { status, sid, body: Buffer.concat(chunks).toString() });
    },
    onResponseError(_, error) {
      done(error, { status, sid, body: '' });
    },
  };
}
