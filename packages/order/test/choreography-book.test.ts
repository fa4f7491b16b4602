import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Announcement } from '@twinstore/contracts';
import { money } from '@twinstore/kernel';
import { inTransaction, newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { choreograph, orderReactions } from '../src/application/choreograph.ts';
import type { CheckoutRequest } from '../src/application/ports.ts';
import { orderMigrations, postgresOrderBook, postgresOverdue } from '../src/index.ts';

const PRICE = money(500);

describeWithPostgres('the order service, driven by events', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([orderMigrations]);
  });
  afterAll(() => database.close());

  const book = () => postgresOrderBook(database.db, 'events');
  const hears = () => orderReactions(book());

  /** A checkout whose announcements are said if the transaction commits. `sabotage` is done before that. */
  const checkout = (said: Announcement[], sabotage: () => void = () => {}, beforeTheCart = async () => {}) =>
    choreograph({
      async atomically(work) {
        const mine: Announcement[] = [];
        const result = await inTransaction(database.db, async (tx) => {
          const done = await work(postgresOrderBook(tx, 'events'), async (all) => void mine.push(...all));
          sabotage();
          return done;
        });
        said.push(...mine);
        return result;
      },
      orders: book(),
      carts: {
        lines: () => beforeTheCart().then(() => [{ sku: 'A', quantity: 2 }]),
        takeOut: async () => {},
      },
      quotes: { quote: async (skus) => skus.map((sku) => ({ sku, name: sku, price: PRICE, available: 9 })) },
      watch: { settled: async (orderId) => (await book().find(orderId))?.order ?? Promise.reject(new Error(orderId)) },
      newId,
    });

  const request = (shopper = newId()): CheckoutRequest => ({
    shopper,
    key: newId(),
    bodyDigest: 'digest',
    paymentToken: 'tok_visa',
    shippingAddress: { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' },
    expectedTotal: undefined,
  });

  const place = async () => {
    const [said, asked] = [[] as Announcement[], request()];
    const placed = await checkout(said).place(asked, 0);
    if (!placed.ok) throw new Error(placed.error.code);
    const { id } = placed.value;
    const about = { orderId: id, shopper: asked.shopper, lines: [{ sku: 'A', quantity: 2 }] };
    return { id, asked, said, about };
  };
  const paid = async () => {
    const placed = await place();
    await hears()['payment.captured.v1']({ orderId: placed.id });
    return placed;
  };
  const row = async (orderId: string) => {
    const { rows } = await database.db.query(
      `select o.status, o.awaiting, o.due_at is not null as due, s.open_order is not distinct from o.id as open
       from orders.orders o join orders.shoppers s on s.shopper_id = o.shopper_id where o.id = $1`,
      [orderId],
    );
    return rows[0];
  };

  it('says that an order is placed, once for twins of a request', async () => {
    const [said, asked] = [[] as Announcement[], request()];
    // All have asked for their standing before any is placed.
    const { promise: all, resolve } = Promise.withResolvers<void>();
    let missing = 6;
    const twin = checkout(said, undefined, async () => ((missing -= 1) === 0 ? resolve() : all));
    const placed = await Promise.all(Array.from({ length: 6 }, () => twin.place(asked, 0)));
    const ids = new Set(placed.map((one) => one.ok && one.value.id));
    expect(ids.size).toBe(1);
    const [orderId] = [...ids];
    expect(said).toEqual([
      {
        type: 'order.placed.v1',
        data: {
          orderId,
          shopper: asked.shopper,
          lines: [{ sku: 'A', quantity: 2 }],
          total: money(1000),
          paymentToken: 'tok_visa',
        },
      },
    ]);
  });

  it('neither places nor says anything when the transaction fails', async () => {
    const [said, asked] = [[] as Announcement[], request()];
    const crash = () => {
      throw new Error('crashed');
    };
    await expect(checkout(said, crash).place(asked, 0)).rejects.toThrow('crashed');
    expect(said).toEqual([]);
    expect(await book().standing(asked)).toEqual({ state: 'ready', turn: 0 });
  });

  it('says that a captured order is paid, whenever it hears of it, unless it was canceled', async () => {
    const { id, asked, about } = await place();
    const paid = [{ type: 'order.paid.v1', data: about }];
    expect(await hears()['payment.captured.v1']({ orderId: id })).toEqual(paid);
    expect(await hears()['payment.captured.v1']({ orderId: id })).toEqual(paid);
    expect(await row(id)).toEqual({ status: 'paid', awaiting: ['sale', 'cart'], due: true, open: true });
    await checkout([]).cancel(asked.shopper, id);
    expect(await hears()['payment.captured.v1']({ orderId: id })).toEqual([]);
  });

  it('does not let a charge pass that belongs to no order', async () => {
    await expect(hears()['payment.captured.v1']({ orderId: newId() })).rejects.toThrow('does not exist');
  });

  it('finishes a paid order when stock and cart have done their part, in either order and however often', async () => {
    for (const first of ['stock.sold.v1', 'cart.taken-out.v1'] as const) {
      const second = first === 'stock.sold.v1' ? 'cart.taken-out.v1' : 'stock.sold.v1';
      const { id } = await paid();
      await hears()[first]({ orderId: id });
      await hears()[first]({ orderId: id });
      expect(await row(id)).toMatchObject({ due: true, open: first === 'stock.sold.v1' });
      await hears()[second]({ orderId: id });
      expect(await row(id)).toEqual({ status: 'paid', awaiting: [], due: false, open: false });
    }
  });

  it('finishes an order whose last two confirmations come at once', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const { id } = await paid();
      await Promise.all([hears()['stock.sold.v1']({ orderId: id }), hears()['cart.taken-out.v1']({ orderId: id })]);
      expect(await row(id)).toEqual({ status: 'paid', awaiting: [], due: false, open: false });
    }
  });

  it('rejects an order when its stock was refused or is free again, and says the reason that stands', async () => {
    const { id, asked } = await place();
    const rejected = [{ type: 'order.rejected.v1', data: { orderId: id, reason: 'out_of_stock' } }];
    expect(await hears()['stock.refused.v1']({ orderId: id, skus: ['A'] })).toEqual(rejected);
    expect(await hears()['stock.released.v1']({ orderId: id, because: 'payment_declined' })).toEqual(rejected);
    expect(await row(id)).toEqual({ status: 'rejected', awaiting: [], due: false, open: false });
    expect(await book().standing({ ...asked, key: newId() })).toEqual({ state: 'ready', turn: 1 });
  });

  it('finishes a canceled order when stock, cart and money have gone back', async () => {
    const { id, asked, about } = await paid();
    const said: Announcement[] = [];
    await checkout(said).cancel(asked.shopper, id);
    // Its lines are not known to be out of the cart: the cart hears that it was paid.
    expect(said).toEqual([
      { type: 'order.paid.v1', data: about },
      { type: 'order.canceled.v1', data: { orderId: id } },
    ]);
    expect(await row(id)).toMatchObject({ status: 'canceled', awaiting: ['return', 'refund', 'cart'], open: true });
    // What the payment set off still arrives, and is not taken for the return.
    await hears()['stock.sold.v1']({ orderId: id });
    await hears()['payment.refunded.v1']({ orderId: id });
    await hears()['stock.returned.v1']({ orderId: id });
    expect(await row(id)).toMatchObject({ awaiting: ['cart'], due: true, open: true });
    await hears()['cart.taken-out.v1']({ orderId: id });
    expect(await row(id)).toEqual({ status: 'canceled', awaiting: [], due: false, open: false });
  });

  it('does not free a shopper who is buying something else by then', async () => {
    const { id, asked } = await paid();
    await hears()['cart.taken-out.v1']({ orderId: id });
    const next = await checkout([]).place({ ...asked, key: newId() }, 0);
    if (!next.ok) throw new Error(next.error.code);
    await checkout([]).cancel(asked.shopper, id);
    await hears()['stock.returned.v1']({ orderId: id });
    await hears()['cart.taken-out.v1']({ orderId: id });
    expect(await row(next.value.id)).toMatchObject({ status: 'pending', open: true });
  });

  it('leaves the cart alone when an order is canceled whose lines are out of it', async () => {
    const { id, asked } = await paid();
    await hears()['cart.taken-out.v1']({ orderId: id });
    const said: Announcement[] = [];
    await checkout(said).cancel(asked.shopper, id);
    expect(said).toEqual([{ type: 'order.canceled.v1', data: { orderId: id } }]);
    expect(await row(id)).toMatchObject({ awaiting: ['return', 'refund'] });
  });

  it('says all that has to be said when an order is canceled at the moment its lines leave the cart', async () => {
    const { id, asked } = await paid();
    const said: Announcement[] = [];
    const { sql, release } = await database.db.connect();
    await sql.query('begin');
    await postgresOrderBook(sql, 'events').confirm(id, 'cart');
    const canceling = checkout(said).cancel(asked.shopper, id);
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await database.db.query(waiting)).rowCount === 0);
    await sql.query('commit');
    release();
    await canceling;
    // Whoever hears of it answers, and nobody else does.
    if (said.some(({ type }) => type === 'order.paid.v1')) await hears()['cart.taken-out.v1']({ orderId: id });
    await hears()['stock.returned.v1']({ orderId: id });
    await hears()['payment.refunded.v1']({ orderId: id });
    expect(await row(id)).toEqual({ status: 'canceled', awaiting: [], due: false, open: false });
  });

  it('leaves an order that is canceled by calls to those who call', async () => {
    const { id, asked } = await paid();
    const calls = postgresOrderBook(database.db);
    await calls.cancel(asked.shopper, id);
    expect(await row(id)).toMatchObject({ awaiting: null, due: true });
    for (const heard of ['sale', 'cart', 'return', 'refund'] as const) await book().confirm(id, heard);
    expect(await row(id)).toMatchObject({ awaiting: null, due: true, open: true });
    await calls.finish({ id, status: 'canceled' });
    expect(await row(id)).toEqual({ status: 'canceled', awaiting: null, due: false, open: false });
  });

  it('waits for nothing more when those who call have finished its order', async () => {
    const { id, asked } = await paid();
    await checkout([]).cancel(asked.shopper, id);
    await postgresOrderBook(database.db).finish({ id, status: 'canceled' });
    expect(await row(id)).toEqual({ status: 'canceled', awaiting: [], due: false, open: false });
  });

  it('says again how an unfinished order stands, and nothing of a finished one', async () => {
    const { id, asked, about, said } = await place();
    const again = async () => {
      const heard: Announcement[] = [];
      await checkout(heard).resume(id);
      return heard;
    };
    expect(await again()).toEqual(said);
    await hears()['payment.captured.v1']({ orderId: id });
    expect(await again()).toEqual([{ type: 'order.paid.v1', data: about }]);
    await checkout([]).cancel(asked.shopper, id);
    const canceled = { type: 'order.canceled.v1', data: { orderId: id } };
    expect(await again()).toEqual([{ type: 'order.paid.v1', data: about }, canceled]);
    await book().confirm(id, 'cart');
    expect(await again()).toEqual([canceled]);
    for (const heard of ['return', 'refund'] as const) await book().confirm(id, heard);
    expect(await again()).toEqual([]);
  });

  it('resumes its own overdue orders and leaves the others to those who call', async () => {
    const [evented, called] = [await place(), newId()];
    await postgresOrderBook(database.db).place({
      ...request(),
      id: called,
      turn: 0,
      lines: [{ sku: 'A', name: 'A', unitPrice: PRICE, quantity: 1, lineTotal: PRICE }],
      total: PRICE,
    });
    await database.db.query(`update orders.orders set due_at = now() - interval '1 s' where due_at is not null`);
    const byEvents = await postgresOverdue(database.db, 'events').claim(1000);
    const byCalls = await postgresOverdue(database.db).claim(1000);
    expect([byEvents.includes(evented.id), byEvents.includes(called)]).toEqual([true, false]);
    expect([byCalls.includes(evented.id), byCalls.includes(called)]).toEqual([false, true]);
  });
});
