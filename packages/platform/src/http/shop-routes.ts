import { extname } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import Negotiator from 'negotiator';
import { problem } from '@twinstore/contracts';
import { exchangeOf } from './exchange.ts';
import { send, type Headers } from './reply.ts';
import { hasTag } from './revalidate.ts';
import type { Encoding, ShopFile } from './shop-files.ts';

const ALLOWED = 'GET, HEAD, OPTIONS';

/** Below these is no page of the shop, whoever asks: a mistyped address of a program's must not look like an answer. */
const PROGRAMS = /^\/(?:api|internal|images|assets|xray|problems|livez|readyz|metrics)(?:\/|$)/;
/** Nor is there one where somebody looks for what should not be there: `/.git/config`, `/../etc/passwd`. */
const HIDDEN = /[/\\]\./;

/**
 * Serves the shop: its files, and its page also wherever else a browser goes, since which address is a page the page
 * knows and we do not. `pageHeaders`: what the page is sent with beside the usual.
 */
export function shopRoutes(
  files: ReadonlyMap<string, ShopFile>,
  pageHeaders: Readonly<Record<string, string>>,
): RequestHandler {
  return (req, res, next) => {
    const path = decodeURIComponent(req.path);
    const known = files.get(path);
    const file = known ?? (isPageView(req, path) ? files.get('/') : undefined);
    if (!file) return next();
    const exchange = exchangeOf(res);
    if (exchange) exchange.route = templateOf(file);
    if (req.method === 'OPTIONS') return send(req, res, 204, { Allow: ALLOWED });
    if (!isRead(req)) return next(problem('method-not-allowed', { headers: { Allow: ALLOWED } }));
    const headers: Headers = { 'Cache-Control': 'no-cache' };
    // Its name has its content's hash in it: what it stands for never changes.
    if (file.name.startsWith('assets/')) headers['Cache-Control'] = 'public, max-age=31536000, immutable';
    if (extname(file.name) === '.html') Object.assign(headers, pageHeaders);
    const varies = [...(known ? [] : ['Accept']), ...(Object.keys(file.packed).length > 0 ? ['Accept-Encoding'] : [])];
    if (varies.length > 0) headers['Vary'] = varies.join(', ');
    sendFile(req, res, file, headers);
  };
}

/** Whether somebody looks at an address of which only the page can know what it shows. */
function isPageView(req: Request, path: string): boolean {
  return isRead(req) && acceptsHtml(req) && !PROGRAMS.test(path) && !HIDDEN.test(path);
}

const isRead = ({ method }: Request) => method === 'GET' || method === 'HEAD';

/** Whether HTML is asked for by its name, as browsers do for a page: a program that takes anything wants no page. */
const acceptsHtml = (req: Request) =>
  /\btext\/html\b/i.test(req.headers.accept ?? '') && new Negotiator(req).mediaType(['text/html']) !== undefined;

/** For metrics: never a raw path. */
function templateOf({ name }: ShopFile): string {
  if (name === 'index.html') return '/';
  return name.startsWith('assets/') ? '/assets/{file}' : '/{file}';
}

function sendFile(req: Request, res: Response, file: ShopFile, headers: Headers): void {
  headers['ETag'] = `W/${file.tag}`;
  Object.assign(headers, exchangeOf(res)?.closingHeaders());
  if (hasTag(req.headers['if-none-match'], file.tag)) return void res.writeHead(304, headers).end();
  const encoding = bestEncoding(req, file);
  const body = encoding ? file.packed[encoding] : undefined;
  if (encoding && body) headers['Content-Encoding'] = encoding;
  const sent = body ?? file.plain;
  headers['Content-Length'] = sent.length;
  res.type(extname(file.name)).writeHead(200, headers).end(sent);
}

/** What the types of `negotiator` do not know yet: whose turn it is among encodings that the client likes alike. */
interface Choosing {
  encoding(available: readonly string[], options: { readonly preferred: readonly string[] }): string | undefined;
}

/** The smallest form that the client likes as well as any other; undefined for the plain one. */
function bestEncoding(req: Request, { packed }: ShopFile): Encoding | undefined {
  if (req.headers['accept-encoding'] === undefined) return undefined;
  const available = (['br', 'gzip'] as const).filter((encoding) => packed[encoding]);
  const choosing: Choosing = new Negotiator(req);
  const best = choosing.encoding([...available, 'identity'], { preferred: available });
  return available.find((encoding) => encoding === best);
}
