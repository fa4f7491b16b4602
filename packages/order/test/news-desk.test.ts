import { describe, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import fc from 'fast-check';
import type { Undertaking } from '../src/application/ports.ts';
import { newsDesk, type OrderNews } from '../src/application/watch.ts';

type State = Pick<OrderNews, 'status' | 'unfinished'>;

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const pending: State = { status: 'pending', unfinished: true };
const paid: State = { status: 'paid', unfinished: true };
const finished: State = { status: 'paid', unfinished: false };
const rejected: State = { status: 'rejected', unfinished: false };
const canceled: State = { status: 'canceled', unfinished: true };

const undertaking = ({ status, unfinished }: State): Undertaking => ({
  order: {
    id: ID,
    status,
    items: [],
    total: money(1),
    shippingAddress: { name: 'Ada', line1: '1', city: 'Springfield', postalCode: '1', country: 'US' },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  },
  shopper: ID,
  paymentToken: undefined,
  unfinished,
  linesInCart: false,
  failingSince: undefined,
});

const unexpected = (error: unknown) => {
  throw error;
};

describe('waiting for an order', () => {
  it.each([
    { name: 'paid', ways: [paid, finished] },
    { name: 'rejected', ways: [rejected] },
    { name: 'canceled before it was finished', ways: [paid, canceled] },
  ])('ends when it is $name, however looks, changes and news are interleaved', async ({ ways }) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 3 }), async (s, count) => {
        let state = pending;
        const desk = newsDesk(async () => {
          await s.schedule(Promise.resolve(), 'a look begins');
          const found = undertaking(state);
          await s.schedule(Promise.resolve(), 'it is answered');
          return found;
        }, unexpected);
        const settled: State[] = [];
        const wait = async () => {
          await s.schedule(Promise.resolve(), 'somebody begins to wait');
          const { status } = await desk.settled(ID, 60_000);
          settled.push({ ...state, status });
        };
        const shown: string[] = [];
        desk.follow(ID, ({ status }) => shown.push(status));
        const all = Promise.all(Array.from({ length: count }, wait));
        s.scheduleSequence(
          ways.flatMap((next) => [
            { label: `${next.status} is committed`, builder: async () => void (state = next) },
            { label: 'the news arrive', builder: async () => desk.hear({ orderId: ID, ...next }) },
          ]),
        );
        // What comes of a task may only later become a task itself.
        for (; s.count() > 0; await new Promise(setImmediate)) await s.waitAll();
        expect(settled).toEqual(Array(count).fill(ways.at(-1)));
        expect(shown.at(-1)).toBe(ways.at(-1)?.status);
        await all;
      }),
      { numRuns: 1000 },
    );
  });

  it('looks again when a look that news had asked for fails', async () => {
    let state = pending;
    let failures = 0;
    const heard: unknown[] = [];
    const desk = newsDesk(
      async () => {
        if (state === rejected && (failures += 1) === 1) throw new Error('the database is away');
        return undertaking(state);
      },
      (error) => heard.push(error),
    );
    const settled = desk.settled(ID, 60_000);
    await Promise.resolve();
    state = rejected;
    desk.hear({ orderId: ID, ...rejected });
    expect((await settled).status).toBe('rejected');
    expect(heard).toEqual([new Error('the database is away')]);
  });

  it('looks neither for news that nobody waits for, nor for an order that nobody waits for any longer', async () => {
    let looks = 0;
    const desk = newsDesk(async () => {
      looks += 1;
      return undertaking(paid);
    }, unexpected);
    const stop = desk.follow(ID, () => {});
    desk.hear({ orderId: ID, ...paid });
    await new Promise(setImmediate);
    expect(looks).toBe(1);
    desk.hear({ orderId: ID, ...finished });
    stop();
    desk.hear({ orderId: ID, ...canceled });
    desk.lookAgain();
    await new Promise(setImmediate);
    expect(looks).toBe(1);
  });
});
