import { storeClient, type Answer, type CallArguments, type Problem, type Route } from '@twinstore/contracts';
import { noteRequest } from './requests.ts';

/** The store said no, and why (RFC 9457). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
  /** What stands behind `/problems/`. */
  get code(): string {
    return this.problem.type.replace('/problems/', '');
  }
}

/** Nothing came back, or something that is not the store's: what was asked for may or may not have been done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

type WholeRoute = Route & { readonly streams?: never };
type Body<R extends Route> = Extract<Answer<R>, { readonly ok: true }>['body'];

/** Longer than the store holds a checkout back. */
const PATIENCE_MS = 40_000;

const client = storeClient('', async ({ method, url, headers, body }) => {
  const traceId = randomHex(16);
  const ended = noteRequest({ traceId, method, path: url });
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, traceparent: `00-${traceId}-${randomHex(8)}-01` },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    ended(response.status, response.headers.get('server-timing'));
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    ended(0, null);
    throw new NoAnswer('The store does not answer', { cause: error });
  }
});

/** One request to the store that this page came from.
 *  @throws Refusal, NoAnswer */
export async function ask<R extends WholeRoute>(route: R, args?: CallArguments<R>): Promise<Body<R>> {
  let answer: Answer<R>;
  try {
    answer = await client.call(route, args);
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer('The answer is not the store’s', { cause: error });
  }
  if (!answer.ok) throw new Refusal(answer.problem);
  return answer.body;
}

/** Whether asking again may help: the store is away, or a part of it is. */
export const isTrouble = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof Refusal && error.problem.status >= 500);

/** `crypto.randomUUID` is there only where the page is secure. */
export function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
