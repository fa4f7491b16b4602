import type { IRouter, RequestHandler } from 'express';
import { problem } from '@twinstore/contracts';
import { nameRoute } from './exchange.ts';
import { send } from './reply.ts';

/** For what an address has no handler for: OPTIONS is told the methods that it has, and any other is refused with them. */
export function otherMethods(known: readonly string[]): RequestHandler {
  const allow = [...known, 'OPTIONS'].join(', ');
  return (req, res, next) => {
    if (req.method === 'OPTIONS') return send(req, res, 204, { Allow: allow });
    next(problem('method-not-allowed', { headers: { Allow: allow } }));
  };
}

/** An address outside the contract's table that can be read, and no more. `template`: for example `/images/{file}`. */
export function mountGet(router: IRouter, template: string, ...handlers: RequestHandler[]): void {
  const path = expressPath(template);
  router.get(path, nameRoute(template), ...handlers);
  router.all(path, nameRoute(template), otherMethods(['GET', 'HEAD']));
}

export const expressPath = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ':$1');
