import express, { type RequestHandler } from 'express';
import { problem, type ProblemReply } from '@twinstore/contracts';

/** Largest body that is taken, in bytes, after decompression. */
export const MAX_BODY = 100_000;
/** Deeper nesting than any request of ours has; keeps recursion over a body safe. */
const MAX_DEPTH = 32;

/** Parses a JSON body. Anything else with a body is refused; no body at all leaves `undefined` for the route's checks. */
export const jsonBody: RequestHandler[] = [
  (req, _res, next) => {
    if (hasBody(req.headers) && !isJson(req.headers['content-type'])) return next(problem('unsupported-media-type'));
    next();
  },
  express.json({ limit: MAX_BODY, strict: false, type: () => true }),
  (req, _res, next) => {
    if (tooDeep(req.body))
      return next(problem('validation', { errors: [{ pointer: '#', detail: 'is nested too deeply' }] }));
    next();
  },
];

/** The whole body as it came, for passing it on. Refuses one that is too large, whatever its length header says. */
export const rawBody: RequestHandler = express.raw({ limit: MAX_BODY, type: () => true, inflate: false });

export const hasBody = (headers: Record<string, unknown>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const isJson = (type: string | undefined) => /^application\/json\s*(?:;|$)/i.test(type ?? '');

function tooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

/** What Express and its parsers throw, as problems of ours; `undefined` for what is not the client's fault. */
export function problemOfError(error: unknown): ProblemReply | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('problem' in error) return error as ProblemReply;
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return problem('body-too-large');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return problem('unsupported-media-type');
  if (error instanceof URIError || (status === 400 && type === undefined)) return problem('malformed-url');
  return status === 400 ? problem('malformed-json') : undefined;
}
