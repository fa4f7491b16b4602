import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { createLogger, identifyService, inTransaction, newId, openUpstream, serviceTokens } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import express from 'express';
import type { OrderBook } from '../src/application/ports.ts';
import type { OrderWatch } from '../src/application/watch.ts';
import {
  exposeOrderBook,
  exposeOrderWatch,
  httpOrderBook,
  httpOrderWatch,
  orderMigrations,
  postgresOrderBook,
  postgresOrderWatch,
} from '../src/index.ts';

const LONG_MS = 25_000;
/** More than the connections that calls share. */
const WAITING = 80;

describeWithPostgres('a watch over orders', () => {
  let database: ThrowawayDatabase;
  let book: OrderBook;
  let looks = 0;
  let watch: OrderWatch & { close(): Promise<void> };

  const openWatch = () => {
    const find = (orderId: string) => {
      looks += 1;
      return book.find(orderId);
    };
    return postgresOrderWatch(database.url, { find }, createLogger('test', 'silent'));
  };

  beforeAll(async () => {
    database = await throwawayDatabase([orderMigrations]);
    book = postgresOrderBook(database.db);
    watch = openWatch();
    await listening(1);
  });
  afterAll(async () => {
    await watch.close();
    await database.close();
  });

  const LISTENERS = `select pid from pg_stat_activity where query ilike 'listen %' and datname = current_database()`;

  /** Resolves when so many connections listen. */
  async function listening(count: number): Promise<void> {
    while ((await database.db.query(LISTENERS)).rowCount !== count) await new Promise(setImmediate);
  }

  async function placed(): Promise<string> {
    const id = newId();
    await book.place({
      id,
      shopper: newId(),
      key: id,
      bodyDigest: 'digest',
      turn: 0,
      lines: [{ sku: 'A', name: 'A', unitPrice: money(5), quantity: 2, lineTotal: money(10) }],
      total: money(10),
      shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' },
      paymentToken: 'tok_visa',
    });
    return id;
  }

  /** Resolves when the watch says that the order has the status. */
  const heard = (id: string, wanted: string) =>
    new Promise<void>((resolve) => {
      const stop = watch.follow(id, ({ status }) => {
        if (status !== wanted) return;
        stop();
        resolve();
      });
    });

  it('answers an order that is settled already, at once', async () => {
    const id = await placed();
    await book.reject(id, 'out_of_stock');
    looks = 0;
    expect(await watch.settled(id, LONG_MS)).toMatchObject({ id, status: 'rejected', reason: 'out_of_stock' });
    expect(looks).toBe(1);
  });

  it('waits for a paid order until its lines are out of the cart', async () => {
    const id = await placed();
    let isSettled = false;
    const settled = watch.settled(id, LONG_MS).finally(() => (isSettled = true));
    const paid = heard(id, 'paid');
    await book.markPaid(id);
    await paid;
    await book.find(id);
    expect(isSettled).toBe(false);
    await book.finish({ id, status: 'paid' });
    expect(await settled).toMatchObject({ id, status: 'paid' });
  });

  it('hears of what a transaction did when it commits, and not of one that is rolled back', async () => {
    const id = await placed();
    const settled = watch.settled(id, LONG_MS);
    const undone = inTransaction(database.db, async (tx) => {
      await postgresOrderBook(tx).reject(id, 'payment_declined');
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    await inTransaction(database.db, async (tx) => {
      await postgresOrderBook(tx).markPaid(id);
      await postgresOrderBook(tx).finish({ id, status: 'paid' });
    });
    expect(await settled).toMatchObject({ status: 'paid' });
  });

  it('answers the pending order when the time is up', async () => {
    const id = await placed();
    looks = 0;
    expect(await watch.settled(id, 50)).toMatchObject({ id, status: 'pending' });
    expect(await watch.settled(id, 0)).toMatchObject({ id, status: 'pending' });
    expect(looks).toBe(3);
  });

  it('looks for hundreds who wait as often as for a few, and not while nothing happens', async () => {
    const id = await placed();
    looks = 0;
    const waiting = Array.from({ length: 300 }, () => watch.settled(id, LONG_MS));
    const following = Array.from({ length: 300 }, () => heard(id, 'rejected'));
    await Promise.all([book.find(id), book.find(await placed())]);
    await book.reject(id, 'payment_declined');
    const answers = await Promise.all(waiting);
    await Promise.all(following);
    expect(new Set(answers.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['rejected payment_declined']),
    );
    // One for the first who came, one for all who came while it was looked for her, one for the news.
    expect(looks).toBeLessThanOrEqual(3);
  });

  it('tells followers each status once, and nothing to those who have gone', async () => {
    const id = await placed();
    const [told, gone]: string[][] = [[], []];
    const stop = watch.follow(id, ({ status }) => told?.push(status));
    watch.follow(id, ({ status }) => gone?.push(status))();
    for (const [change, status] of [
      [() => book.markPaid(id), 'paid'],
      [() => book.finish({ id, status: 'paid' }), 'paid'],
      [() => database.db.query(`update orders.orders set status = 'canceled' where id = $1`, [id]), 'canceled'],
    ] as const) {
      const next = told?.includes(status) ? undefined : heard(id, status);
      await change();
      await next;
      // Somebody else's look tells nobody what he knows.
      await watch.settled(id, 0);
    }
    stop();
    expect([told, gone]).toEqual([['paid', 'canceled'], []]);
  });

  it('misses nothing that happens while its connection is lost', async () => {
    const [decided, later] = [await placed(), await placed()];
    const [settled, told] = [watch.settled(decided, LONG_MS), heard(decided, 'rejected')];
    await inTransaction(database.db, async (tx) => {
      // Waits until the connection is gone, and decides before there is another.
      const cut = await tx.query<{ gone: boolean }>(
        `select pg_terminate_backend(pid, 5000) as gone from (${LISTENERS}) as l`,
      );
      expect(cut.rows).toEqual([{ gone: true }]);
      await postgresOrderBook(tx).reject(decided, 'out_of_stock');
    });
    await told;
    expect(await settled).toMatchObject({ status: 'rejected' });
    await listening(1);
    const afterwards = heard(later, 'rejected');
    await book.reject(later, 'out_of_stock');
    await afterwards;
  });

  it('does not know an order that is not there', async () => {
    await expect(watch.settled(newId(), LONG_MS)).rejects.toThrow('there is no order');
  });

  it('keeps nobody waiting when it closes', async () => {
    const id = await placed();
    const other = openWatch();
    await listening(2);
    const waiting = Array.from({ length: 5 }, () => other.settled(id, LONG_MS));
    await other.settled(id, 0);
    await other.close();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(5).fill('pending'));
    expect(await other.settled(id, LONG_MS)).toMatchObject({ status: 'pending' });
    await listening(1);
  });

  it('serves another process, and its calls do not wait behind those who wait', async () => {
    const tokens = serviceTokens('a secret of sixteen characters', 'test');
    const identify = identifyService(tokens);
    let arrived = 0;
    const settled = (orderId: string, waitMs: number) => {
      arrived += 1;
      return watch.settled(orderId, waitMs);
    };
    const app = express().use(exposeOrderBook(book, identify), exposeOrderWatch({ settled }, identify));
    const server = createServer(app).listen(0);
    const { port } = server.address() as AddressInfo;
    const upstream = openUpstream('order', `http://127.0.0.1:${port}`, tokens);
    try {
      const [remote, remoteBook] = [httpOrderWatch(upstream), httpOrderBook(upstream)];
      const id = await placed();
      expect(await remote.settled(id, 50)).toMatchObject({ id, status: 'pending' });
      let answered = 0;
      const waiting = Array.from({ length: WAITING }, () => remote.settled(id, LONG_MS).finally(() => (answered += 1)));
      const all = Promise.all(waiting);
      all.catch(() => {}); // awaited below
      while (arrived < 1 + WAITING) await new Promise(setImmediate);
      expect(await remoteBook.find(id)).toMatchObject({ unfinished: true });
      expect(answered).toBe(0);
      expect(await remoteBook.reject(id, 'out_of_stock')).toMatchObject({ status: 'rejected' });
      expect((await all).map(({ status }) => status)).toEqual(Array(WAITING).fill('rejected'));
    } finally {
      await upstream.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
