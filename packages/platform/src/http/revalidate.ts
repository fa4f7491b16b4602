import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { COMPRESS_FROM, send, type Headers } from './reply.ts';

/**
 * Sends a successful answer that clients may keep if they ask before each use (RFC 9110, 13.1.2): whoever has this
 * very body already gets 304. The tag is weak, since one body goes out plain, gzipped and with brotli.
 */
export function sendRevalidated(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: Headers,
  body: string,
): void {
  const tag = `"${hash('sha1', body, 'base64url')}"`;
  headers['ETag'] = `W/${tag}`;
  headers['Cache-Control'] = 'no-cache';
  if (!hasTag(req.headers['if-none-match'], tag)) return send(req, res, status, headers, body);
  // A 304 has the headers that the 200 would have, but for those of its body.
  delete headers['Content-Type'];
  if (Buffer.byteLength(body) >= COMPRESS_FROM) headers['Vary'] = 'Accept-Encoding';
  send(req, res, 304, headers);
}

/** Whether an `If-None-Match` names a tag. Weak comparison: `W/"x"` and `"x"` are the same. */
export const hasTag = (header: string | undefined, tag: string) =>
  header !== undefined && (header.trim() === '*' || (header.match(/"[^"]*"/g)?.some((one) => one === tag) ?? false));
