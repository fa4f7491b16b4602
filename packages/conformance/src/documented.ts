import { routes, type Route } from '@twinstore/contracts';
import { transmit } from './transport.ts';

/** Statuses that a door's own OpenAPI document gives for a route: `get /api/cart` → 200, 400 and so on. */
export type Documented = ReadonlyMap<string, ReadonlySet<number>>;

const known = new Map<string, Promise<Documented>>();

/** What the door says of itself at `/openapi.json`; asked for once. */
export function documentedBy(origin: string): Promise<Documented> {
  const found = known.get(origin) ?? fetchDocument(origin);
  known.set(origin, found);
  return found;
}

async function fetchDocument(origin: string): Promise<Documented> {
  const { status, text } = await transmit(origin, { method: 'GET', path: '/openapi.json' });
  if (status !== 200) throw new Error(`${origin}/openapi.json answers ${status}`);
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, { responses: object }>> };
  const statuses = new Map<string, ReadonlySet<number>>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      statuses.set(`${method} ${path}`, new Set(Object.keys(responses).map(Number)));
    }
  }
  return statuses;
}

const patterns = Object.values<Route>(routes).map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The contract's routes at this path, whatever their method: `/api/products/a` has GET, PUT and DELETE. */
export const routesAt = (path: string): readonly Route[] =>
  patterns.filter(({ pattern }) => pattern.test(path.replace(/\?.*/, ''))).map(({ route }) => route);

/** The route that a request is for. HEAD is answered by GET's. */
export const routeOf = (method: string, path: string): Route | undefined =>
  routesAt(path).find((route) => route.method === (method === 'HEAD' ? 'get' : method.toLowerCase()));
