import express, { type Router } from 'express';
import { problem } from '@twinstore/contracts';
import type { Identify } from './http/caller.ts';
import { nameRoute } from './http/exchange.ts';
import { send } from './http/reply.ts';
import type { Upstream } from './upstream.ts';

/** A port: an interface of which every method takes and answers plain JSON-safe data, and is safe to repeat. */
type Port = object;

type MethodName<P extends Port> = Extract<keyof P, string>;

/** Every method of a port with the time, in milliseconds, that its callers wait for it. */
export type PortMethods<P extends Port> = Readonly<Record<MethodName<P>, number>>;

const pathOf = (port: string, method: string) => `/internal/${port}/${method}`;
const MAX_ARGUMENTS = '1mb';

/** The server's half: offers a port at `/internal/<name>/<method>` to callers with a token of ours. */
export function exposePort<P extends Port>(name: string, port: P, methods: PortMethods<P>, identify: Identify): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const method of Object.keys(methods) as MethodName<P>[]) {
    const path = pathOf(name, method);
    router.post(path, nameRoute(path), (req, _res, next) => {
      identify(req, false).then((found) => next(found ? undefined : problem('unauthorized')), next);
    });
    router.post(path, express.json({ limit: MAX_ARGUMENTS, strict: true }), async (req, res) => {
      if (!Array.isArray(req.body))
        throw Object.assign(new Error('arguments have to be a list'), problem('malformed-json'));
      const result: unknown = await (port[method] as (...args: unknown[]) => Promise<unknown>)(
        ...(req.body as unknown[]),
      );
      send(req, res, 200, { 'Content-Type': 'application/json' }, JSON.stringify({ result }));
    });
  }
  return router;
}

/** The client's half: the same port, reached over HTTP. `undefined` comes back as `undefined`, never as null. */
export function remotePort<P extends Port>(
  name: string,
  upstream: Pick<Upstream, 'invoke'>,
  methods: PortMethods<P>,
): P {
  const names = Object.keys(methods) as MethodName<P>[];
  return Object.fromEntries(
    names.map((method) => [
      method,
      (...args: unknown[]) => upstream.invoke(pathOf(name, method), args, methods[method]),
    ]),
  ) as P;
}
