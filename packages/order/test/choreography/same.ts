import { expect } from '@jest/globals';
import type { Database, Queryable } from '@twinstore/platform';

/** What is said or thrown, without times of day: those of the two differ. */
async function answerOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    const ignored = ['createdAt', 'updatedAt'];
    return JSON.parse(
      JSON.stringify((await act()) ?? null, (key, value: unknown) =>
        ignored.includes(key) ? undefined : key === 'failingSince' ? value !== undefined : value,
      ),
    );
  } catch {
    return 'thrown';
  }
}

/** Does the same to a model and to the store that it stands for, and expects the same answer, which it gives back. */
export async function same<P>(pair: readonly [model: P, real: P], act: (port: P) => Promise<unknown>) {
  const [expected, answer] = [await answerOf(() => act(pair[0])), await answerOf(() => act(pair[1]))];
  expect(answer).toEqual(expected);
  return answer;
}

/** In a transaction, where time stands still, and of which nothing is left. */
export async function trial(db: Database, work: (tx: Queryable) => Promise<void>): Promise<void> {
  const { sql, release } = await db.connect();
  try {
    await sql.query('begin');
    await work(sql);
  } finally {
    await sql.query('rollback');
    release();
  }
}
