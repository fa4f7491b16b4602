import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type Binding, send } from '@twinstore/platform';

/** Problems that only the lab page can answer with, beside those that any of our servers has. */
const problems = {
  'foreign-page': { status: 403, title: 'Only the lab page itself may ask this' },
  'no-run': { status: 404, title: 'No run is going on' },
  'run-in-progress': { status: 409, title: 'A run is going on already' },
  closing: { status: 503, title: 'The lab page is being stopped' },
} as const;

/** Thrown by what answers a request; `detail` is a sentence for the person who asked. */
export class LabProblem extends Error {
  override name = 'LabProblem';
  readonly code: keyof typeof problems;
  constructor(code: keyof typeof problems, detail: string) {
    super(detail);
    this.code = code;
  }
}

const answerLabProblem: ErrorRequestHandler = (error, req, res, next) => {
  if (!(error instanceof LabProblem)) return next(error);
  const { status, title } = problems[error.code];
  const headers = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' };
  const body = { type: `/problems/${error.code}`, title, status, detail: error.message };
  send(req, res, status, headers, JSON.stringify(body));
};

/** A route that may throw a `LabProblem`. */
export const withLabProblems = ({ route, handlers }: Binding): Binding => ({
  route,
  handlers: (identify) => [...handlers(identify), answerLabProblem],
});

/** Middleware that lets a request through unless `fault` finds something to say against it. */
export const refuseIf =
  (fault: (req: Parameters<RequestHandler>[0]) => string | undefined): RequestHandler =>
  (req, res, next) => {
    const detail = fault(req);
    if (detail === undefined) return next();
    answerLabProblem(new LabProblem('foreign-page', detail), req, res, next);
  };
