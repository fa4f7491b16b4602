import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { inTransaction, listenPostgres, newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { paymentMigrations, postgresRequests } from '../src/index.ts';

const total = money(1999);
const many = <T>(times: number, act: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: times }, act));

describeWithPostgres('what events ask of the payment service, in PostgreSQL', () => {
  let database: ThrowawayDatabase;
  const requests = () => postgresRequests(database.db);
  const due = async (orderId: string): Promise<boolean> => {
    const { rows } = await database.db.query<{ due: boolean }>(
      'select due_at <= now() as due from payment.requests where order_id = $1',
      [orderId],
    );
    return rows[0]?.due ?? false;
  };
  /** As if so many milliseconds had passed. */
  const passed = (ms: number) =>
    database.db.query(`update payment.requests set due_at = due_at - $1::integer * interval '1 millisecond'`, [ms]);
  const chargeable = async () => {
    const orderId = newId();
    await requests().askCharge(orderId, total, 'tok_visa');
    expect(await requests().stockHeld(orderId)).toBe('open');
    return orderId;
  };
  const paid = async () => {
    const orderId = await chargeable();
    expect(await requests().settle(orderId, 'captured')).toBe(true);
    return orderId;
  };

  beforeAll(async () => {
    database = await throwawayDatabase([paymentMigrations]);
  });
  afterAll(() => database.close());

  it('is a charge once the order is known and its stock held, whichever is heard first', async () => {
    const [placedFirst, heldFirst] = [newId(), newId()];
    await requests().askCharge(placedFirst, total, 'tok_visa');
    await requests().stockHeld(heldFirst);
    expect([await due(placedFirst), await due(heldFirst)]).toEqual([false, false]);
    await requests().stockHeld(placedFirst);
    await requests().askCharge(heldFirst, total, 'tok_visa');
    for (const orderId of [placedFirst, heldFirst]) {
      expect(await due(orderId)).toBe(true);
      expect(await requests().find(orderId)).toEqual({
        orderId,
        order: { amount: total, token: 'tok_visa' },
        stockHeld: true,
        charge: 'open',
        refund: 'none',
        failingSince: undefined,
      });
    }
  });

  it('is a charge also when both are heard at once, again and again', async () => {
    const orders = Array.from({ length: 20 }, newId);
    const said = orders.flatMap((orderId) => [
      () => requests().askCharge(orderId, total, 'tok_visa'),
      () => requests().stockHeld(orderId),
    ]);
    await Promise.all([...said, ...said].map((say) => say()));
    for (const orderId of orders) expect(await due(orderId)).toBe(true);
  });

  it('knows nothing of an order that nobody spoke of', async () => {
    expect(await requests().find(newId())).toBeUndefined();
    expect(await requests().settle(newId(), 'captured')).toBe(false);
    expect(await requests().markRefunded(newId())).toBe(false);
    await requests().postpone(newId());
  });

  it('takes the first settlement and forgets what stands for the card', async () => {
    const orderId = await chargeable();
    const first = await many(8, () => requests().settle(orderId, 'declined'));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await requests().settle(orderId, 'captured')).toBe(false);
    expect(await requests().find(orderId)).toMatchObject({ charge: 'declined', order: undefined });
    expect(await requests().stockHeld(orderId)).toBe('declined');
    expect(await due(orderId)).toBe(false);
  });

  it('does not remember a card again that an event brings late', async () => {
    const [settled, dropped] = [await paid(), newId()];
    await requests().drop(dropped);
    for (const orderId of [settled, dropped]) {
      await requests().askCharge(orderId, total, 'tok_visa');
      await requests().stockHeld(orderId);
      expect((await requests().find(orderId))?.order).toBeUndefined();
      expect(await due(orderId)).toBe(false);
    }
  });

  it('drops a charge that was not made, and no other', async () => {
    const [open, captured] = [newId(), await paid()];
    await requests().askCharge(open, total, 'tok_visa');
    await many(4, () => requests().drop(open));
    await requests().drop(captured);
    expect(await requests().find(open)).toMatchObject({ charge: 'dropped', order: undefined });
    expect(await requests().stockHeld(open)).toBe('dropped');
    expect(await requests().find(captured)).toMatchObject({ charge: 'captured' });
  });

  it('pays back once, also an order that it never heard of', async () => {
    for (const orderId of [await paid(), newId()]) {
      expect(await many(4, () => requests().askRefund(orderId))).toEqual(Array(4).fill('asked'));
      expect(await due(orderId)).toBe(true);
      const marked = await many(8, () => requests().markRefunded(orderId));
      expect(marked.filter(Boolean)).toHaveLength(1);
      expect(await requests().askRefund(orderId)).toBe('done');
      expect(await due(orderId)).toBe(false);
    }
  });

  it('looks after a refund that was asked while the charge was under way', async () => {
    const orderId = await chargeable();
    await requests().claim(100);
    await requests().askRefund(orderId);
    await requests().settle(orderId, 'captured');
    expect(await due(orderId)).toBe(true);
  });

  it('gives each request to one of those who claim at once, and to others when the claim runs out', async () => {
    await requests().claim(1000);
    const orders = await many(30, chargeable);
    const claimed = (await many(5, () => requests().claim(4))).flat();
    expect(new Set(claimed).size).toBe(20);
    const rest = await requests().claim(1000);
    expect([...claimed, ...rest].toSorted()).toEqual(orders.toSorted());
    expect(await requests().claim(1000)).toEqual([]);
    await passed(8000);
    expect(await requests().claim(1000)).toEqual(expect.arrayContaining(orders));
  });

  it('does not make anybody wait for one who is just claiming', async () => {
    await requests().claim(1000);
    const orders = await many(8, chargeable);
    const claimed = await inTransaction(database.db, async (tx) => [
      ...(await postgresRequests(tx).claim(4)),
      ...(await requests().claim(1000)),
    ]);
    expect(claimed.toSorted()).toEqual(orders.toSorted());
  });

  it('waits longer each time that the provider gives no outcome, but never above three seconds', async () => {
    const orderId = await chargeable();
    const pauses = await inTransaction(database.db, async (tx) => {
      const measured = [];
      for (let turn = 0; turn < 5; turn += 1) {
        await postgresRequests(tx).postpone(orderId);
        const { rows } = await tx.query<{ ms: number }>(
          'select extract(epoch from due_at - now())::float * 1000 as ms from payment.requests where order_id = $1',
          [orderId],
        );
        measured.push(Math.round(rows[0]?.ms ?? 0));
      }
      return measured;
    });
    expect(pauses).toEqual([500, 1000, 2000, 3000, 3000]);
  });

  it('remembers since when the provider gives no outcome, until it gives one', async () => {
    const orderId = await chargeable();
    await requests().postpone(orderId);
    const since = (await requests().find(orderId))?.failingSince;
    await requests().postpone(orderId);
    expect(since).toEqual(expect.any(String));
    expect((await requests().find(orderId))?.failingSince).toBe(since);
    await requests().settle(orderId, 'captured');
    expect((await requests().find(orderId))?.failingSince).toBeUndefined();
  });

  it('leaves alone what a slower twin would postpone', async () => {
    const orderId = await paid();
    await requests().postpone(orderId);
    await passed(60_000);
    expect(await due(orderId)).toBe(false);
  });

  it('takes part in the transaction it is given', async () => {
    const orderId = newId();
    const undone = inTransaction(database.db, async (tx) => {
      await postgresRequests(tx).askRefund(orderId);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await requests().find(orderId)).toBeUndefined();
  });

  it('wakes whoever listens when there is something to do, and only then', async () => {
    const heard: string[] = [];
    const listening = Promise.withResolvers<void>();
    let done = () => {};
    const ears = listenPostgres({
      url: database.url,
      channels: ['payment_requests'],
      onNotice: (_channel, payload) => (payload === '' ? heard.push('due') : done()),
      onConnected: () => listening.resolve(),
      log: undefined,
    });
    await listening.promise;
    /** How often they were woken by what was done. */
    const wakings = async (act: () => Promise<unknown>): Promise<number> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      done = resolve;
      heard.length = 0;
      await act();
      // Notices come in the order in which their transactions committed.
      await database.db.query(`select pg_notify('payment_requests', 'that was all')`);
      await promise;
      return heard.length;
    };
    const orderId = newId();
    expect(await wakings(() => requests().askCharge(orderId, total, 'tok_visa'))).toBe(0);
    expect(await wakings(() => requests().stockHeld(orderId))).toBe(1);
    expect(await wakings(() => requests().claim(1000))).toBe(0);
    expect(await wakings(() => requests().postpone(orderId))).toBe(0);
    expect(await wakings(() => requests().settle(orderId, 'captured'))).toBe(0);
    expect(await wakings(() => requests().askRefund(orderId))).toBe(1);
    expect(await wakings(() => requests().markRefunded(orderId))).toBe(0);
    await ears.close();
  });
});
