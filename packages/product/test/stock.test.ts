import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inTransaction, newId } from '@twinstore/platform';
import { postgresProducts, productMigrations, products } from '../src/index.ts';
import { throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { details, newSku, stocked, stockOf } from './support/products.ts';

let database: ThrowawayDatabase;
beforeAll(async () => (database = await throwawayDatabase([productMigrations])));
afterAll(() => database.close());

const module = () => products(postgresProducts(database.db));

describe('stock under simultaneous orders', () => {
  it('sells 10 units to exactly 10 of 50 shoppers', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 10);
    const orders = Array.from({ length: 50 }, () => module().reserve(newId(), [{ sku, quantity: 1 }]));
    const won = (await Promise.all(orders)).filter((answer) => answer.ok);
    expect(won.length).toBe(10);
    expect(await stockOf(database.db, sku)).toEqual({ received: 10, on_hand: 0, reserved: 10, sold: 0, returned: 0 });
  });

  it('gives twins of one call the same answer and the units once', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 3);
    for (const quantity of [2, 2]) {
      const order = newId();
      const twins = Array.from({ length: 8 }, () => module().reserve(order, [{ sku, quantity }]));
      const answers = new Set((await Promise.all(twins)).map((answer) => JSON.stringify(answer)));
      expect(answers.size).toBe(1);
    }
    expect(await stockOf(database.db, sku)).toMatchObject({ on_hand: 1, reserved: 2 });
  });

  it('neither deadlocks nor loses a unit when orders name the same products in opposite order', async () => {
    const skus = [newSku(), newSku(), newSku()];
    for (const sku of skus) await stocked(database.db, sku, 1000);
    const lines = skus.map((sku) => ({ sku, quantity: 1 }));
    const buy = async (turn: number) => {
      const order = newId();
      await module().reserve(order, turn % 2 === 0 ? lines : lines.toReversed());
      if (turn % 3 === 0) return module().giveBack(order);
      await module().commit(order);
      if (turn % 3 === 1) await module().giveBack(order);
    };
    await Promise.all(Array.from({ length: 60 }, (_, turn) => buy(turn)));
    for (const sku of skus) {
      const expected = { received: 1000, on_hand: 980, reserved: 0, sold: 40, returned: 20 };
      expect(await stockOf(database.db, sku)).toEqual(expected);
    }
  });

  it('settles commit and give-back at the same time one way or the other', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 100);
    for (let turn = 0; turn < 20; turn += 1) {
      const order = newId();
      await module().reserve(order, [{ sku, quantity: 5 }]);
      await Promise.all([module().commit(order), module().giveBack(order), module().giveBack(order)]);
    }
    expect(await stockOf(database.db, sku)).toMatchObject({ on_hand: 100, reserved: 0 });
  });

  it('counts admin changes and orders of the same product together', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 20);
    const orders = Array.from({ length: 20 }, () => module().reserve(newId(), [{ sku, quantity: 1 }]));
    const changes = Array.from({ length: 20 }, (_, turn) =>
      module().changeStock({ sku, delta: turn % 2 === 0 ? 5 : -5, idempotencyKey: turn < 10 ? newId() : undefined }),
    );
    const reserved = (await Promise.all(orders)).filter((answer) => answer.ok).length;
    const deltas = (await Promise.all(changes)).map((answer, turn) => (answer.ok ? (turn % 2 === 0 ? 5 : -5) : 0));
    const received = 20 + deltas.reduce<number>((sum, delta) => sum + delta, 0);
    expect(await stockOf(database.db, sku)).toMatchObject({ received, reserved, on_hand: received - reserved });
  });

  it('changes the stock once for twins with one idempotency key', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 0);
    const change = { sku, delta: 7, idempotencyKey: newId() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => module().changeStock(change)));
    expect(answers.map((answer) => answer.ok && answer.value.available)).toEqual(Array(10).fill(7));
  });
});

describe('a reservation', () => {
  it('holds all lines or none and names those that fell short', async () => {
    const [plenty, scarce, unknown] = ['A', 'B', 'C'].map((letter) => `${letter}-${newSku()}`) as [
      string,
      string,
      string,
    ];
    await stocked(database.db, plenty, 10);
    await stocked(database.db, scarce, 1);
    const lines = [plenty, unknown, scarce].map((sku) => ({ sku, quantity: 2 }));
    const refusal = { ok: false, error: { code: 'out-of-stock', skus: [scarce, unknown] } };
    expect(await module().reserve(newId(), lines)).toEqual(refusal);
    expect(await stockOf(database.db, plenty)).toMatchObject({ on_hand: 10, reserved: 0 });
  });

  it('stays refused when there is stock again', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 0);
    const order = newId();
    const first = await module().reserve(order, [{ sku, quantity: 1 }]);
    await module().changeStock({ sku, delta: 5, idempotencyKey: undefined });
    expect(await module().reserve(order, [{ sku, quantity: 1 }])).toEqual(first);
    expect(await stockOf(database.db, sku)).toMatchObject({ on_hand: 5, reserved: 0 });
  });

  it('is undone by the rollback of the transaction that made it', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 5);
    const order = newId();
    const aborted = inTransaction(database.db, async (tx) => {
      await products(postgresProducts(tx)).reserve(order, [{ sku, quantity: 2 }]);
      await products(postgresProducts(tx)).commit(order);
      throw new Error('no');
    });
    await expect(aborted).rejects.toThrow('no');
    expect(await stockOf(database.db, sku)).toMatchObject({ on_hand: 5, reserved: 0, sold: 0 });
    await expect(module().commit(order)).rejects.toThrow('no reservation');
  });

  it('outlives its product, whose successor starts with nothing', async () => {
    const sku = newSku();
    await stocked(database.db, sku, 10);
    const [sold, held] = [newId(), newId()];
    await module().reserve(sold, [{ sku, quantity: 2 }]);
    await module().commit(sold);
    await module().reserve(held, [{ sku, quantity: 3 }]);

    expect(await module().remove(sku)).toBe(true);
    expect(await stockOf(database.db, sku)).toEqual({ received: 5, on_hand: 0, reserved: 3, sold: 2, returned: 0 });
    await module().giveBack(sold);
    expect((await module().reserve(newId(), [{ sku, quantity: 1 }])).ok).toBe(false);
    expect(await module().remove(sku)).toBe(false);

    expect(await module().put(sku, details())).toMatchObject({ made: true, product: { available: 0 } });
    expect(await module().find(sku)).toMatchObject({ available: 0 });
    await module().commit(held);
    expect(await stockOf(database.db, sku)).toEqual({ received: 3, on_hand: 0, reserved: 0, sold: 5, returned: 2 });
  });
});

type Step = 'reserve' | 'commit' | 'giveBack';
interface Taken {
  readonly step: Step;
  readonly order: number;
  readonly quantities: readonly number[];
}
const ORDERS = 3;
const step: fc.Arbitrary<Taken> = fc.record({
  step: fc.constantFrom<Step>('reserve', 'commit', 'giveBack'),
  order: fc.nat(ORDERS - 1),
  quantities: fc.tuple(fc.nat(4), fc.nat(4)),
});

/** What has to come of steps one after the other, in the plainest words. */
function model(free: number[]) {
  const orders = new Map<number, { state: string; quantities: readonly number[]; short: number[] }>();
  return {
    free,
    reserve(order: number, quantities: readonly number[]) {
      let known = orders.get(order);
      if (!known) {
        const short = [0, 1].filter((index) => (quantities[index] ?? 0) > (free[index] ?? 0));
        known = { state: short.length === 0 ? 'reserved' : 'refused', quantities, short };
        orders.set(order, known);
        if (known.state === 'reserved')
          quantities.forEach((units, index) => (free[index] = (free[index] ?? 0) - units));
      }
      return known.state === 'refused' ? known.short : 'held';
    },
    commit(order: number, _quantities: readonly number[]) {
      const known = orders.get(order);
      if (!known || known.state === 'refused') return 'throws';
      if (known.state === 'reserved') known.state = 'sold';
      return 'done';
    },
    giveBack(order: number, _quantities: readonly number[]) {
      const known = orders.get(order);
      if (!known) orders.set(order, { state: 'refused', quantities: [0, 0], short: [] });
      else if (known.state === 'reserved' || known.state === 'sold') {
        known.quantities.forEach((units, index) => (free[index] = (free[index] ?? 0) + units));
        known.state = 'over';
      }
      return 'done';
    },
  };
}

describe('steps of orders in any order, any number of times', () => {
  async function run({ step: name, order, quantities }: Taken, skus: readonly string[], orders: readonly string[]) {
    const id = orders[order] ?? '';
    if (name === 'giveBack')
      return module()
        .giveBack(id)
        .then(() => 'done');
    if (name === 'commit') {
      return module()
        .commit(id)
        .then(
          () => 'done',
          () => 'throws',
        );
    }
    const lines = skus
      .map((sku, index) => ({ sku, quantity: quantities[index] ?? 0 }))
      .filter((one) => one.quantity > 0);
    const answer = await module().reserve(id, lines);
    return answer.ok ? 'held' : answer.error.skus.map((sku) => skus.indexOf(sku));
  }

  async function scene(units: readonly number[]) {
    const skus = [`A-${newSku()}`, `B-${newSku()}`];
    for (const [index, sku] of skus.entries()) await stocked(database.db, sku, units[index] ?? 0);
    return { skus, orders: Array.from({ length: ORDERS }, newId) };
  }

  it('one after the other, do what the words of the port say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(fc.nat(6), fc.nat(6)), fc.array(step, { maxLength: 12 }), async (units, steps) => {
        const { skus, orders } = await scene(units);
        const expected = model([...units]);
        for (const taken of steps) {
          expect(await run(taken, skus, orders)).toEqual(expected[taken.step](taken.order, taken.quantities));
        }
        for (const [index, sku] of skus.entries()) {
          expect(await stockOf(database.db, sku)).toMatchObject({
            received: units[index],
            on_hand: expected.free[index],
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('at the same time, leave the stock that the reservations account for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(fc.nat(6), fc.nat(6)), fc.array(step, { maxLength: 20 }), async (units, steps) => {
        const { skus, orders } = await scene(units);
        await Promise.all(steps.map((taken) => run(taken, skus, orders)));
        for (const [index, sku] of skus.entries()) {
          const stock = await stockOf(database.db, sku);
          const { reserved, committed, returned } = await heldBy(orders, sku);
          expect(stock).toEqual({
            received: units[index],
            on_hand: (units[index] ?? 0) - reserved - committed,
            reserved,
            sold: committed + returned,
            returned,
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  /** Units of a product by the state of the reservations that name it. */
  async function heldBy(orders: readonly string[], sku: string) {
    const { rows } = await database.db.query<{ state: string; units: number }>(
      `select r.state, sum(l.quantity)::bigint as units
       from product.reservations r, unnest(r.skus, r.quantities) as l (sku, quantity)
       where r.order_id = any($1) and l.sku = $2 group by r.state`,
      [orders, sku],
    );
    const units = (state: string) => rows.find((row) => row.state === state)?.units ?? 0;
    return { reserved: units('reserved'), committed: units('committed'), returned: units('returned') };
  }
});
