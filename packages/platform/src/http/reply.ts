import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';
import { problemBody, problems, type ProblemReply } from '@twinstore/contracts';
import { exchangeOf } from './exchange.ts';

const compress = {
  br: (body: Buffer) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (body: Buffer) => promisify(gzip)(body),
};

/** Smaller bodies fit into one packet anyway. */
export const COMPRESS_FROM = 1024;

export type Headers = Record<string, string | number | string[]>;

/** Sends an answer whole, compressed where that helps and the client can read it. */
export function send(req: IncomingMessage, res: ServerResponse, status: number, headers: Headers, body?: string): void {
  Object.assign(headers, exchangeOf(res)?.closingHeaders());
  if (body === undefined) {
    res.writeHead(status, headers).end();
    return;
  }
  const length = Buffer.byteLength(body);
  if (length >= COMPRESS_FROM) {
    headers['Vary'] = 'Accept-Encoding';
    const encoding = req.headers['accept-encoding'] === undefined ? undefined : preferred(req);
    if (encoding !== undefined) {
      compress[encoding](Buffer.from(body))
        .then((packed) => {
          headers['Content-Encoding'] = encoding;
          headers['Content-Length'] = packed.length;
          res.writeHead(status, headers).end(packed);
        })
        .catch(() => res.destroy());
      return;
    }
  }
  headers['Content-Length'] = length;
  res.writeHead(status, headers).end(body);
}

function preferred(req: IncomingMessage): 'br' | 'gzip' | undefined {
  const encoding = new Negotiator(req).encoding(['br', 'gzip', 'identity']);
  return encoding === 'br' || encoding === 'gzip' ? encoding : undefined;
}

/** Sends a problem (RFC 9457). Its status stands in the contract's table and nowhere else. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, reply: ProblemReply): void {
  const { status } = problems[reply.problem];
  const headers: Headers = {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...reply.headers,
  };
  if (status === 429 || status === 503) headers['Retry-After'] ??= '1';
  if (reply.problem === 'unauthorized') headers['WWW-Authenticate'] = 'Bearer';
  send(req, res, status, headers, JSON.stringify(problemBody(reply)));
}
