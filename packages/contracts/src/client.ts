import type { z } from 'zod';
import type { Problem } from './problems.ts';
import type { Route } from './route.ts';

/** How a request leaves: `fetch` in a browser, a pooled connection in the lab. */
export type Transport = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}) => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;

type In<S> = S extends z.ZodType ? z.input<S> : undefined;

/** Arguments of a call: those that the route declares, before its checks and defaults. */
export interface CallArguments<R extends Route> {
  readonly params?: In<R['params']>;
  readonly query?: Partial<Record<keyof In<R['query']> & string, string | number>>;
  readonly body?: In<R['body']>;
  readonly headers?: Record<string, string>;
}

type SuccessBody<R extends Route> = {
  [S in keyof R['responses'] & number]: R['responses'][S] extends z.ZodType ? z.infer<R['responses'][S]> : undefined;
}[keyof R['responses'] & number];

export type Answer<R extends Route> = { readonly status: number; readonly headers: Headers } & (
  { readonly ok: true; readonly body: SuccessBody<R> } | { readonly ok: false; readonly problem: Problem }
);

type WholeRoute = Route & { readonly streams?: never };

export interface StoreClient {
  /**
   * One request, one answer. Rejects only when no answer came, or one that is not HTTP's or ours. A route that streams
   * is not for this client but for an `EventSource`.
   */
  call<R extends WholeRoute>(route: R, args?: CallArguments<R>): Promise<Answer<R>>;
}

/** A typed client of any front door. `baseUrl` without a slash at its end, for example `http://localhost:8080`. */
export function storeClient(baseUrl: string, transport: Transport = viaFetch): StoreClient {
  return {
    async call<R extends WholeRoute>(route: R, args: CallArguments<R> = {}) {
      const answer = await transport({
        method: route.method.toUpperCase(),
        url: baseUrl + fillPath(route.path, args.params ?? {}) + queryString(args.query ?? {}),
        headers: { ...(args.body === undefined ? {} : { 'content-type': 'application/json' }), ...args.headers },
        body: args.body === undefined ? undefined : JSON.stringify(args.body),
      });
      const { status, headers } = answer;
      const body: unknown = answer.text === '' ? undefined : JSON.parse(answer.text);
      return status < 400
        ? { status, headers, ok: true, body: body as SuccessBody<R> }
        : { status, headers, ok: false, problem: body as Problem };
    },
  };
}

/** `/api/products/{sku}` and `{ sku: 'a/b' }` give `/api/products/a%2Fb`. */
export function fillPath(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function queryString(query: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}

const viaFetch: Transport = async ({ method, url, headers, body }) => {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
