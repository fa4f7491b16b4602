import { z } from 'zod';

/** Every problem that an answer can carry (RFC 9457). The `type` of one is `/problems/<code>`. */
export const problems = {
  validation: { status: 400, title: 'The request has a fault' },
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'malformed-url': { status: 400, title: 'The address is not validly encoded' },
  'malformed-request': { status: 400, title: 'The request is not valid HTTP' },
  unauthorized: { status: 401, title: 'This needs the admin token' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not know that method' },
  'cart-empty': { status: 409, title: 'The cart has nothing in it' },
  'cart-full': { status: 409, title: 'The cart holds as many different products as it can' },
  'price-changed': { status: 409, title: 'The total is no longer the one you saw' },
  'checkout-in-progress': { status: 409, title: 'Another checkout of yours is still under way' },
  'order-not-cancelable': { status: 409, title: 'Only a paid order can be canceled' },
  'refund-refused': { status: 409, title: 'There is no such captured charge, or it was paid back before' },
  'stock-negative': { status: 409, title: 'There are not that many units on hand' },
  'body-too-large': { status: 413, title: 'The body is over 100 kB' },
  'unsupported-media-type': { status: 415, title: 'The body has to be JSON' },
  'idempotency-key-reused': { status: 422, title: 'This key came before, with a different request' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The header fields are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'provider-refused': { status: 503, title: 'The payment provider is out of order and did nothing' },
  'service-unavailable': { status: 503, title: 'A part of the store does not answer at the moment' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** One fault of a request: where it is (one of the three) and what to mend. */
export const Fault = z
  .object({
    pointer: z.string().optional().describe('JSON pointer (RFC 6901) into the body, as a URI fragment'),
    parameter: z.string().optional().describe('Path or query parameter'),
    header: z.string().optional().describe('Header field'),
    detail: z.string(),
  })
  .meta({ id: 'Fault' });
export type Fault = z.infer<typeof Fault>;

export const Problem = z
  .looseObject({
    type: z.string().describe('`/problems/<code>`'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(Fault).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type Problem = z.infer<typeof Problem>;

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Extension members, for example the present `total` of `price-changed`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in place of an answer; the HTTP layer gives it its status and body. */
export interface ProblemReply extends ProblemOptions {
  readonly problem: ProblemCode;
}

export const problem = (code: ProblemCode, options: ProblemOptions = {}): ProblemReply => ({
  problem: code,
  ...options,
});

/** The body that a problem is sent with. */
export function problemBody({ problem: code, detail, errors, extensions }: ProblemReply): Problem {
  const { status, title } = problems[code];
  return {
    ...extensions,
    type: `/problems/${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}
