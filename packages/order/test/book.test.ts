import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import express from 'express';
import { identifyService, newId, openUpstream, serviceTokens } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import type { NewOrder, OrderBook } from '../src/application/ports.ts';
import {
  exposeOrderBook,
  httpOrderBook,
  orderMigrations,
  postgresOrderBook,
  postgresOrderQueries,
  postgresOverdue,
} from '../src/index.ts';

const newOrder = (shopper: string, turn: number, key = newId()): NewOrder => ({
  id: newId(),
  shopper,
  key,
  bodyDigest: 'digest',
  turn,
  lines: [{ sku: 'A', name: 'A', unitPrice: money(5), quantity: 2, lineTotal: money(10) }],
  total: money(10),
  shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' },
  paymentToken: 'tok_visa',
});

interface Opened {
  readonly book: OrderBook;
  close(): Promise<void>;
}

/** What every `OrderBook` does, wherever it is. */
function orderBookContract(name: string, open: (book: OrderBook) => Promise<Opened>): void {
  describeWithPostgres(`an order book ${name}`, () => {
    let database: ThrowawayDatabase;
    let opened: Opened;
    let book: OrderBook;
    beforeAll(async () => {
      database = await throwawayDatabase([orderMigrations]);
      opened = await open(postgresOrderBook(database.db));
      ({ book } = opened);
    });
    afterAll(async () => {
      await opened.close();
      await database.close();
    });

    it('lets one checkout of a shopper begin at a time', async () => {
      const shopper = newId();
      const [first, second] = [newOrder(shopper, 0), newOrder(shopper, 0)];
      expect(await book.standing(first)).toEqual({ state: 'ready', turn: 0 });
      expect(await book.place(first)).toMatchObject({ state: 'placed', order: { id: first.id, status: 'pending' } });
      expect(await book.standing(second)).toEqual({ state: 'in-progress' });
      expect(await book.place(second)).toEqual({ state: 'in-progress' });
    });

    it('refuses an order whose cart was read before another checkout began, even when that one is over', async () => {
      const shopper = newId();
      const [first, stale] = [newOrder(shopper, 0), newOrder(shopper, 0)];
      await book.place(first);
      await book.markPaid(first.id);
      await book.finish({ id: first.id, status: 'paid' });
      expect(await book.place(stale)).toEqual({ state: 'in-progress' });
      expect(await book.standing(stale)).toEqual({ state: 'ready', turn: 1 });
      expect(await book.place({ ...stale, turn: 1 })).toMatchObject({ state: 'placed' });
    });

    it('places one order of twins that come at once', async () => {
      const shopper = newId();
      const key = newId();
      const placed = await Promise.all(Array.from({ length: 8 }, () => book.place(newOrder(shopper, 0, key))));
      expect(placed.filter(({ state }) => state === 'placed')).toHaveLength(1);
      expect(placed.filter(({ state }) => state === 'replay')).toHaveLength(7);
      expect(new Set(placed.map((one) => 'order' in one && one.order.id)).size).toBe(1);
    });

    it('knows a key again, and refuses it with another request', async () => {
      const shopper = newId();
      const order = newOrder(shopper, 0);
      await book.place(order);
      expect(await book.standing(order)).toMatchObject({ state: 'replay', order: { id: order.id } });
      expect(await book.standing({ ...order, bodyDigest: 'other' })).toEqual({ state: 'key-reused' });
      expect(await book.standing({ ...order, shopper: newId() })).toEqual({ state: 'ready', turn: 0 });
    });

    it('lets the first decision stand', async () => {
      const order = newOrder(newId(), 0);
      await book.place(order);
      expect(await book.reject(order.id, 'out_of_stock')).toMatchObject({ status: 'rejected', reason: 'out_of_stock' });
      expect(await book.markPaid(order.id)).toMatchObject({ status: 'rejected' });
      expect(await book.reject(order.id, 'payment_declined')).toMatchObject({ reason: 'out_of_stock' });
      expect(await book.find(order.id)).toMatchObject({ unfinished: false });
    });

    it('cancels what is paid, and nothing else', async () => {
      const order = newOrder(newId(), 0);
      await book.place(order);
      expect(await book.cancel(order.shopper, order.id)).toEqual({ ok: false, error: { code: 'not-cancelable' } });
      await book.markPaid(order.id);
      expect(await book.cancel(newId(), order.id)).toEqual({ ok: false, error: { code: 'not-found' } });
      expect(await book.cancel(order.shopper, order.id)).toMatchObject({ ok: true, value: { status: 'canceled' } });
      expect(await book.cancel(order.shopper, order.id)).toMatchObject({ ok: true, value: { status: 'canceled' } });
    });

    it('does not call a canceled order finished because its payment is', async () => {
      const order = newOrder(newId(), 0);
      await book.place(order);
      await book.markPaid(order.id);
      await book.cancel(order.shopper, order.id);
      await book.finish({ id: order.id, status: 'paid' });
      expect(await book.find(order.id)).toMatchObject({ unfinished: true, order: { status: 'canceled' } });
    });

    it('answers undefined for an order that is not there', async () => {
      expect(await book.find(newId())).toBeUndefined();
    });
  });
}

orderBookContract('in process', async (book) => ({ book, close: async () => {} }));

orderBookContract('over HTTP', async (book) => {
  const tokens = serviceTokens('a secret of sixteen characters', 'test');
  const server = createServer(express().use(exposeOrderBook(book, identifyService(tokens))));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const upstream = openUpstream('order', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens);
  return {
    book: httpOrderBook(upstream),
    async close() {
      await upstream.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
});

describeWithPostgres('overdue orders', () => {
  it('are claimed by one worker each, and left alone until they are due', async () => {
    const { db, close } = await throwawayDatabase([orderMigrations]);
    try {
      const [book, overdue] = [postgresOrderBook(db), postgresOverdue(db)];
      const orders = Array.from({ length: 30 }, () => newOrder(newId(), 0));
      await Promise.all(orders.map((order) => book.place(order)));
      expect(await overdue.claim(100)).toEqual([]);
      await db.query('update orders.orders set due_at = now()');
      const claimed = (await Promise.all(Array.from({ length: 5 }, () => overdue.claim(10)))).flat();
      expect(new Set(claimed).size).toBe(claimed.length);
      const rest = await overdue.claim(100);
      expect([...claimed, ...rest].sort()).toEqual(orders.map(({ id }) => id).sort());
    } finally {
      await close();
    }
  });

  it('keep to themselves whose they are', async () => {
    const { db, close } = await throwawayDatabase([orderMigrations]);
    try {
      const [book, queries] = [postgresOrderBook(db), postgresOrderQueries(db)];
      const order = newOrder(newId(), 0);
      await book.place(order);
      expect(await queries.read(order.shopper, order.id)).toMatchObject({ id: order.id });
      expect(await queries.read(newId(), order.id)).toBeUndefined();
      expect(await queries.list(newId(), 10, undefined)).toEqual([]);
    } finally {
      await close();
    }
  });
});
