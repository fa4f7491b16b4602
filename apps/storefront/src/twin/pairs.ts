import type { ToldRequest } from './messages.ts';

/** One click, as each store answered it. */
export interface Pair {
  readonly key: string;
  readonly left: ToldRequest;
  readonly right: ToldRequest;
}

/** Puts together what both were asked, the newest first: the same method and path, in the same order. */
export function pairsOf(left: readonly ToldRequest[], right: readonly ToldRequest[]): Pair[] {
  const rest = [...right];
  return left.flatMap((one) => {
    const at = rest.findIndex(({ request }) => sameQuestion(request) === sameQuestion(one.request));
    const [other] = at < 0 ? [] : rest.splice(at, 1);
    return other ? [{ key: one.request.traceId, left: one, right: other }] : [];
  });
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Orders and cursors have names of their own in each store. */
export const sameQuestion = ({ method, path }: ToldRequest['request']): string =>
  `${method} ${path.replaceAll(ID, '{id}').replace(/cursor=[^&]*/, 'cursor=…')}`;
