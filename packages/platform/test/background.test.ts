import { afterEach, describe, expect, it } from '@jest/globals';
import { every, type Recurring } from '../src/every.ts';
import { taskWorker } from '../src/task-worker.ts';

const NEVER_MS = 3_600_000;
const parts: Recurring[] = [];
afterEach(() => Promise.all(parts.splice(0).map((part) => part.close())));
const closing = (part: Recurring): Recurring => {
  parts.push(part);
  return part;
};

/** Lets everything that is not waiting for a timer go on. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a recurring job', () => {
  it('runs once more when it is asked for while it runs', async () => {
    let runs = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const job = closing(
      every(NEVER_MS, undefined, () => {
        runs += 1;
        return runs === 1 ? promise : Promise.resolve();
      }),
    );
    job.now();
    job.now();
    resolve();
    await settle();
    expect(runs).toBe(2);
  });
});

describe('a task worker', () => {
  it('works on no more tasks at a time than it may, and takes the next as soon as one is done', async () => {
    const waiting = Array.from({ length: 10 }, (_, index) => `task ${index}`);
    const limits: number[] = [];
    const done: string[] = [];
    let atOnce = 0;
    let most = 0;
    closing(
      taskWorker({
        concurrency: 3,
        pollMs: NEVER_MS,
        log: undefined,
        async claim(limit) {
          limits.push(limit);
          return waiting.splice(0, limit);
        },
        async work(id) {
          most = Math.max(most, (atOnce += 1));
          await settle();
          atOnce -= 1;
          done.push(id);
        },
      }),
    );
    while (done.length < 10) await settle();
    expect(most).toBe(3);
    expect(Math.max(...limits)).toBe(3);
    expect(Math.min(...limits)).toBeGreaterThan(0);
  });

  it('looks at once when it is told, also after a task that failed', async () => {
    const waiting = ['bad'];
    const done: string[] = [];
    const worker = closing(
      taskWorker({
        concurrency: 1,
        pollMs: NEVER_MS,
        log: undefined,
        claim: async (limit) => waiting.splice(0, limit),
        async work(id) {
          if (id === 'bad') throw new Error('bad');
          done.push(id);
        },
      }),
    );
    await settle();
    waiting.push('good');
    worker.now();
    while (done.length === 0) await settle();
    expect(done).toEqual(['good']);
  });

  it('finishes what it has in hand before it closes, and takes no more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done: string[] = [];
    const waiting = ['first', 'second'];
    const worker = taskWorker({
      concurrency: 1,
      pollMs: NEVER_MS,
      log: undefined,
      claim: async (limit) => waiting.splice(0, limit),
      async work(id) {
        await promise;
        done.push(id);
      },
    });
    await settle();
    let closed = false;
    const closing = worker.close().then(() => (closed = true));
    await settle();
    expect(closed).toBe(false);
    resolve();
    await closing;
    expect(done).toEqual(['first']);
    expect(waiting).toEqual(['second']);
  });
});
