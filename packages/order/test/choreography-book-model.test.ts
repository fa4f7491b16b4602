import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import fc from 'fast-check';
import { orderMigrations, postgresOrderBook } from '../src/index.ts';
import { emptyBook, modelBook } from './choreography/book.ts';
import { stoppedClock } from './choreography/clock.ts';
import { same, trial } from './choreography/same.ts';

const few = fc.nat(2);
const drivenBy = fc.constantFrom('calls' as const, 'events' as const);

const isReady = (answer: unknown): answer is { readonly turn: number } =>
  typeof answer === 'object' && answer !== null && 'turn' in answer;

describeWithPostgres('the model of the choreography test does what the store does:', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([orderMigrations]);
  });
  afterAll(() => database.close());

  it('the order book', async () => {
    const [shoppers, keys, ids] = [[newId(), newId()], ['k1', 'k2', 'k3'], Array.from({ length: 30 }, newId)];
    const status = fc.constantFrom('paid', 'canceled', 'pending', 'rejected');
    const heard = fc.constantFrom('sale', 'cart', 'return', 'refund', 'outcome');
    const step = fc.oneof(
      fc.record({
        does: fc.constantFrom('ask', 'place', 'begin', 'begin'),
        by: drivenBy,
        of: few,
        key: few,
        digest: fc.nat(4),
      }),
      fc.record({ does: fc.constantFrom('find', 'markPaid', 'markPaid', 'reject', 'postpone'), by: drivenBy, of: few }),
      fc.record({ does: fc.constant('cancel'), by: drivenBy, of: few, shopper: fc.constantFrom(0, 1, 2, 2, 2) }),
      fc.record({ does: fc.constant('finish'), by: drivenBy, of: few, status }),
      fc.record({ does: fc.constant('confirm'), by: drivenBy, of: few, heard }),
    );
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), (steps) =>
      trial(database.db, async (tx) => {
        const state = emptyBook();
        // What `standing` told a request; without a turn none is placed.
        const turns = new Map<string, number>();
        for (const one of steps) {
          const books = [modelBook(state, stoppedClock(), one.by), postgresOrderBook(tx, one.by)] as const;
          const id = [...state.orders.keys()].at(-1 - one.of) ?? newId();
          const answer = await same(books, async (book) => {
            if ('key' in one) {
              const order = newOrder(
                ids[steps.indexOf(one)] as string,
                shoppers[one.of % 2] as string,
                keys[one.key] as string,
              );
              const asked = { ...order, bodyDigest: one.digest === 0 ? 'another' : 'digest' };
              if (one.does === 'ask') return book.standing(asked);
              const standing = one.does === 'begin' ? await book.standing(asked) : undefined;
              const turn = isReady(standing) ? standing.turn : turns.get(`${order.shopper} ${order.key}`);
              return turn === undefined ? standing : book.place({ ...asked, turn });
            }
            if ('shopper' in one)
              return book.cancel(shoppers[one.shopper] ?? state.orders.get(id)?.shopper ?? newId(), id);
            if ('status' in one) return book.finish({ id, status: one.status });
            if ('heard' in one) return book.confirm(id, one.heard);
            if (one.does === 'reject') return book.reject(id, 'payment_declined');
            if (one.does === 'markPaid') return book.markPaid(id);
            return one.does === 'find' ? book.find(id) : book.postpone(id);
          });
          if ('key' in one && isReady(answer)) turns.set(`${shoppers[one.of % 2]} ${keys[one.key]}`, answer.turn);
        }
        const { rows: orders } = await tx.query(
          `select id, status, payment_token as token, attempts, awaiting, due_at is not null as due from orders.orders`,
        );
        const { rows: checkouts } = await tx.query('select shopper_id, turn, open_order from orders.shoppers');
        expect(new Set(orders)).toEqual(
          new Set(
            [...state.orders.values()].map(({ order, paymentToken, attempts, awaiting, dueAt }) => ({
              id: order.id,
              status: order.status,
              token: paymentToken ?? null,
              attempts,
              awaiting: awaiting ?? null,
              due: dueAt !== undefined,
            })),
          ),
        );
        expect(new Set(checkouts)).toEqual(
          new Set(
            [...state.shoppers].map(([shopper_id, { turn, openOrder }]) => ({
              shopper_id,
              turn,
              open_order: openOrder ?? null,
            })),
          ),
        );
      }),
    );
    await fc.assert(property, { numRuns: 250 });
  });
});

const newOrder = (id: string, shopper: string, key: string) => ({
  id,
  shopper,
  key,
  lines: [{ sku: 'A', name: 'A', unitPrice: money(5), quantity: 2, lineTotal: money(10) }],
  total: money(10),
  shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' },
  paymentToken: 'tok_visa',
});
