import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import express, { type Router } from 'express';
import { problem } from '@twinstore/contracts';
import { nameRoute, send } from '@twinstore/platform';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

const headers = {
  // Asked for again each time: another clone may serve the same address tomorrow.
  'Cache-Control': 'no-cache',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
};

/** The page and what it is made of: `/` and `/static/{file}`. Read once; there is no build step. */
export function pageFiles(): Router {
  const files = new Map<string, string>();
  const ours = join(import.meta.dirname, 'static');
  for (const name of readdirSync(ours))
    if (extname(name) in types) files.set(name, readFileSync(join(ours, name), 'utf8'));
  const resolve = createRequire(import.meta.url).resolve;
  for (const name of ['look.css', 'icon.svg'])
    files.set(name, readFileSync(resolve(`@twinstore/look/${name}`), 'utf8'));
  const uplot = dirname(resolve('uplot'));
  files.set('uplot.js', readFileSync(join(uplot, 'uPlot.esm.js'), 'utf8'));
  files.set('uplot.css', readFileSync(join(uplot, 'uPlot.min.css'), 'utf8'));

  const router = express.Router({ caseSensitive: true, strict: true });
  const answer = (template: string, nameOf: (params: Record<string, unknown>) => string) =>
    router.get(template, nameRoute(template.replace(/:(\w+)/, '{$1}')), (req, res, next) => {
      const name = nameOf(req.params);
      const file = files.get(name);
      if (file === undefined) return next(problem('not-found'));
      send(req, res, 200, { ...headers, 'Content-Type': `${types[extname(name)]}; charset=utf-8` }, file);
    });
  answer('/', () => 'index.html');
  answer('/static/:file', ({ file }) => String(file));
  return router;
}
