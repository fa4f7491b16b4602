import type { z } from 'zod';
import type { ProblemCode, ProblemReply } from './problems.ts';

/**
 * The bounded context that answers a route: which process that is, the wiring decides; `front` is the front door itself,
 * `provider` the card processor outside the store.
 */
export type Module = 'front' | 'product' | 'cart' | 'order' | 'provider';

/** One public route: all that servers, clients and documents need to know of it. */
export interface Route {
  /** Operation name, unique. */
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** As in OpenAPI, for example `/api/products/{sku}`. */
  readonly path: string;
  readonly module: Module;
  readonly summary: string;
  /** `shopper`: about the session's shopper. `admin`: needs the bearer token. */
  readonly access: 'anyone' | 'shopper' | 'admin';
  /** A visitor who has no session yet gets one with a successful answer. */
  readonly startsSession?: true;
  /** Answers carry an `ETag`; a client that has the present one already gets 304 and no body. */
  readonly revalidates?: true;
  /** The answer of 200 goes on as server-sent events; its schema is of what each event carries as `data`. */
  readonly streams?: true;
  /** Whether an answer may be kept back for seconds, as the caller prefers. */
  readonly waits?: true;
  readonly params?: z.ZodObject;
  /** A path parameter that can name nothing is `not-found`, unless the route would create what it names. */
  readonly badParams?: 'validation';
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Body per successful status; null where there is none. */
  readonly responses: Readonly<Record<number, z.ZodType | null>>;
  /** Problems of its own, beside those that any such route can answer. */
  readonly problems?: readonly ProblemCode[];
}

export const route = <const R extends Route>(definition: R): R => definition;

type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined;

/** What a handler is given: checked, typed, unknown members gone. */
export interface RouteInput<R extends Route> {
  readonly params: Parsed<R['params']>;
  readonly query: Parsed<R['query']>;
  readonly headers: Parsed<R['headers']>;
  readonly body: Parsed<R['body']>;
}

type ReplyBody<S> = S extends z.ZodType ? { readonly body: z.infer<S> } : { readonly body?: undefined };

/** What a handler may answer: one of the route's statuses with its body, or a problem. */
export type RouteReply<R extends Route> =
  | {
      [S in keyof R['responses'] & number]: {
        readonly status: S;
        readonly headers?: Readonly<Record<string, string>>;
      } & ReplyBody<R['responses'][S]>;
    }[keyof R['responses'] & number]
  | ProblemReply;

/** An answer with a body. */
export const reply = <const S extends number, B>(
  status: S,
  body: B,
  headers: Readonly<Record<string, string>> = {},
) => ({
  status,
  body,
  headers,
});
