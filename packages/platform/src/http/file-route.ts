import { Router } from 'express';
import { problem, type ProblemReply } from '@twinstore/contracts';
import type { Identify } from './caller.ts';
import { mountGet } from './methods.ts';
import { send } from './reply.ts';

interface FileAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * GET of files of one path outside the contract's table, for example `/images/{file}`. `identify` decides who may
 * have them: at a front door everybody, at a service those with a token of ours.
 */
export function fileRoute(
  template: `${string}/{file}`,
  identify: Identify,
  answer: (file: string) => Promise<FileAnswer | ProblemReply>,
): Router {
  const router = Router({ caseSensitive: true, strict: true });
  mountGet(router, template, async (req, res, next) => {
    if (!(await identify(req, false))) return next(problem('unauthorized'));
    const file = await answer(String(req.params['file']));
    if ('problem' in file) return next(file);
    send(req, res, 200, { ...file.headers }, file.body);
  });
  return router;
}
