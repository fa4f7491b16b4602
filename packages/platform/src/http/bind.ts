import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import {
  faultsOf,
  problem,
  type ProblemReply,
  type Route,
  type RouteInput,
  type RouteReply,
  type Source,
} from '@twinstore/contracts';
import { jsonBody } from './body.ts';
import type { Caller, Identify } from './caller.ts';
import { exchangeOf } from './exchange.ts';
import { send, sendProblem, type Headers } from './reply.ts';
import { sendRevalidated } from './revalidate.ts';

/** A route with what answers it: by a handler of ours, or by Express middleware (the gateway's proxy). */
export interface Binding {
  readonly route: Route;
  readonly handlers: (identify: Identify) => (RequestHandler | ErrorRequestHandler)[];
}

/** What a handler knows beside the route's own input. */
export interface CallContext extends Caller {
  /** The body as it was parsed, before the route's checks took unknown members out. */
  readonly rawBody: unknown;
  /** A header of the request, by its lower-case name. */
  header(name: string): string | undefined;
}

/** A route that starts a session always has a shopper: a new one, whose session begins if the answer is a success. */
export type CallOf<R extends Route> = R extends { readonly startsSession: true }
  ? CallContext & { readonly shopper: string }
  : CallContext;

/** Binds a route of the contract to the code that answers it; checks and types come from the contract. */
export const bind = <const R extends Route>(
  route: R,
  answer: (input: RouteInput<R>, call: CallOf<R>) => Promise<RouteReply<R>>,
): Binding => bindAnswer(route, answer, (req, res, reply) => respond(req, res, route, reply as RouteReply<Route>));

/** As `bind`, for answers that are sent in a way of their own. */
export function bindAnswer<const R extends Route, A>(
  route: R,
  answer: (input: RouteInput<R>, call: CallOf<R>) => Promise<A>,
  sendAnswer: (req: Request, res: Response, answer: A) => void,
): Binding {
  return {
    route,
    handlers: (identify) => [
      authorize(route, identify),
      ...(route.body ? jsonBody : []),
      (req: Request, res: Response, next: NextFunction) => {
        const input = check(route, req);
        if ('problem' in input) return next(input);
        const call = callOf(res, req);
        // The route's own schemas made the input, which the compiler cannot follow through the table.
        answer(input as unknown as RouteInput<R>, call as CallOf<R>)
          .then((answered) => sendAnswer(req, res, answered))
          .catch(next);
      },
    ],
  };
}

/** Finds out who is asking and refuses who may not. */
export function authorize(route: Route, identify: Identify): RequestHandler {
  const startsSession = route.startsSession === true;
  return (req, res, next) => {
    identify(req, startsSession)
      .then((found) => {
        if (!found || (route.access === 'admin' && !found.caller.admin)) return next(problem('unauthorized'));
        res.locals['caller'] = found.caller;
        const exchange = exchangeOf(res);
        if (exchange) exchange.cookie = found.cookie;
        next();
      })
      .catch(next);
  };
}

/** The caller that `authorize` found. */
export const callerOf = (res: Response): Caller => res.locals['caller'] as Caller;

const callOf = (res: Response, req: Request): CallContext => {
  const { shopper, admin } = callerOf(res);
  return {
    shopper,
    admin,
    rawBody: req.body,
    header: (name) => {
      const value = req.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
};

function check(route: Route, req: Request): Record<Source, unknown> | ProblemReply {
  const input: Record<Source, unknown> = { params: undefined, query: undefined, headers: undefined, body: undefined };
  for (const source of ['params', 'query', 'headers', 'body'] as const) {
    const schema = route[source];
    if (!schema) continue;
    const parsed = schema.safeParse(source === 'headers' ? req.headers : req[source]);
    if (parsed.success) input[source] = parsed.data;
    else if (source === 'params' && route.badParams === undefined) return problem('not-found');
    else return problem('validation', { errors: faultsOf(parsed.error, source) });
  }
  return input;
}

function respond(req: Request, res: Response, route: Route, reply: RouteReply<Route>): void {
  if ('problem' in reply) return sendProblem(req, res, reply);
  const headers: Headers = { ...reply.headers };
  const cookie = exchangeOf(res)?.cookie;
  if (cookie !== undefined) headers['Set-Cookie'] = cookie;
  if (route.access !== 'anyone') headers['Cache-Control'] = 'no-store';
  if (reply.body === undefined) return send(req, res, reply.status, headers);
  headers['Content-Type'] = 'application/json; charset=utf-8';
  const body = JSON.stringify(reply.body);
  if (route.revalidates) return sendRevalidated(req, res, reply.status, headers, body);
  send(req, res, reply.status, headers, body);
}
