import { Readable } from 'node:stream';
import { Agent } from 'undici';

/** A request exactly as it shall go on the wire, so that faulty ones can be sent too. */
export interface RawRequest {
  readonly method: string;
  /** Path and query string, encoded (or badly encoded) already. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text or bytes go with a length, chunks without one. */
  readonly body?: string | Buffer | readonly Buffer[] | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Buffer;
}

const agent = new Agent({ connections: 64, keepAliveTimeout: 4_000, headersTimeout: 60_000, bodyTimeout: 60_000 });

/** One request, one answer, nothing added and nothing checked: no redirect, no decompression, no cookies. */
export async function transmit(origin: string, request: RawRequest): Promise<RawAnswer> {
  const { method, path, headers, body } = request;
  const answer = await agent.request({
    origin,
    path,
    method: method as 'GET',
    headers: headers ?? {},
    body: isChunks(body) ? Readable.from(body) : (body ?? null),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: received(answer.headers), text: bytes.toString('utf8'), bytes };
}

export interface OpenAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** What comes, as it comes. */
  readonly body: AsyncIterable<Buffer> & { destroy(): void };
}

/** Any number at once, each open for as long as it takes. */
const openAgent = new Agent({ headersTimeout: 60_000, bodyTimeout: 60_000 });

/** One GET of which the answer may go on for ever. */
export async function listen(origin: string, path: string, headers: Record<string, string>): Promise<OpenAnswer> {
  const answer = await openAgent.request({ origin, path, method: 'GET', headers });
  // Whoever reads learns of an error by that; who has hung up caused it.
  answer.body.on('error', () => {});
  return { status: answer.statusCode, headers: received(answer.headers), body: answer.body };
}

function received(all: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(all)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

const isChunks = (body: RawRequest['body']): body is readonly Buffer[] => Array.isArray(body);

/** Closes kept connections. A process that ends anyway need not bother. */
export const closeConnections = async (): Promise<void> => {
  await Promise.all([agent.close(), openAgent.destroy()]);
};
