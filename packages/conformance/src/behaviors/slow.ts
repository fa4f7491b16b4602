import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cart, Order, PaymentToken } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { eventListener } from '../event-listener.ts';
import { captured, journal, netOf } from '../journal.ts';
import { orderPath, shopper, success, until, type Shopper } from '../shopper.ts';
import { available, stockRoom } from '../stock-room.ts';

/**
 * What takes a provider in trouble, and therefore seconds. The stories begin before the first of the surrounding
 * tests and are judged in the last ones, so that nobody waits for them; they measure their own time.
 */
export function slowBehaviors(door: Door): void {
  const room = stockRoom(door);
  let told: ReturnType<typeof begin>;

  beforeAll(() => {
    told = begin();
    // Who asks for a story learns how it failed; until then nobody listens.
    for (const story of Object.values(told)) story.catch(() => {});
  });
  afterAll(() => Promise.allSettled(Object.values(told)));

  const begin = () => ({
    lostAnswer: lostAnswer(),
    emptied: emptied(),
    unavailable: unavailable(),
    followed: followed(),
    oneSecond: patience('wait=1'),
    unasked: patience(undefined),
  });

  /** A checkout that is not waited for, of `quantity` of a product of which there were 10. */
  async function place(token: PaymentToken, quantity: number) {
    const { sku } = await room.add({ stock: 10, cents: 300 });
    const ada = shopper(door);
    const { version } = await ada.put(sku, quantity);
    const key = `slow-${sku}`;
    const answer = await ada.checkout({ token, key, prefer: 'wait=0' });
    const again = () => ada.checkout({ token, key, prefer: 'wait=0' });
    return { ada, sku, version, answer, again, placed: success(answer), startedAt: Date.now() };
  }

  async function end({ ada, placed, startedAt }: { ada: Shopper; placed: Order; startedAt: number }) {
    const order = await ada.outcome(placed.id, 40_000);
    return { order, tookMs: Date.now() - startedAt, entries: await journal(door.providerUrl, order.id) };
  }

  /** The cart, once it has so many units; or as it is in the end. Lines may be taken out a moment after the payment. */
  async function cartWith(ada: Shopper, sku: string, quantity: number) {
    const has = ({ items }: Cart) => (items.find((line) => line.sku === sku)?.quantity ?? 0) === quantity;
    return until('the lines are out of the cart', 3_000, ada.cart, has).catch(() => ada.cart());
  }

  async function lostAnswer() {
    const other = (await room.add()).sku;
    const placed = await place('tok_timeout', 2);
    const { ada, sku } = placed;
    await ada.put(sku, 5);
    // Only an order that is still pending now has certainly not been taken out of the cart before.
    const inTime = (await ada.order(placed.placed.id)).status === 'pending';
    await ada.put(other, 1);
    const ended = await end(placed);
    const cart = await cartWith(ada, sku, 3);
    return { sku, other, inTime, ...ended, cart, left: await available(door, sku) };
  }

  async function emptied() {
    const placed = await place('tok_timeout', 3);
    await placed.ada.put(placed.sku, 1);
    const inTime = (await placed.ada.order(placed.placed.id)).status === 'pending';
    return { inTime, ...(await end(placed)), cart: await cartWith(placed.ada, placed.sku, 0) };
  }

  async function unavailable() {
    const placed = await place('tok_unavailable', 4);
    const { ada, sku } = placed;
    // A checkout that is not waited for may be answered before its first step is done.
    const held = await until(
      'the stock is held',
      5_000,
      () => available(door, sku),
      (left) => left === 6,
    );
    const [second, replay, cancel] = [await ada.checkout(), await placed.again(), await ada.cancel(placed.placed.id)];
    const ended = await end(placed);
    // The worst of all outcomes would be a charge that comes after the rejection.
    await sleep(2_000);
    const entries = await journal(door.providerUrl, ended.order.id);
    const [cart, left] = [await ada.cart(), await available(door, sku)];
    return { ...placed, held, second, replay, cancel, ...ended, entries, cart, left, next: await ada.buy() };
  }

  async function followed() {
    const { ada, placed } = await place('tok_unavailable', 1);
    const path = `${orderPath(placed.id)}/events`;
    const listener = await eventListener(door, path, { Cookie: ada.cookie() ?? '' });
    const startedAt = Date.now();
    const events = await listener.rest();
    const listenedMs = Date.now() - startedAt;
    const told = events.map(({ data }) => (JSON.parse(data) as Order).status);
    return { told, listenedMs, comments: listener.comments() };
  }

  async function patience(prefer: string | undefined) {
    const { sku } = await room.add({ stock: 1 });
    const ada = shopper(door);
    await ada.put(sku, 1);
    const startedAt = Date.now();
    const answer = await ada.checkout({ token: 'tok_unavailable', ...(prefer && { prefer }) });
    return { answer, waitedMs: Date.now() - startedAt };
  }

  describe('a checkout that takes its time', () => {
    it('answers 202 at once with Prefer: wait=0, says so, and says where the order is', async () => {
      const { answer, placed } = await told.unavailable;
      expect([answer.status, placed.status]).toEqual([202, 'pending']);
      expect(answer.headers.get('preference-applied')).toBe('wait=0');
      expect(answer.headers.get('location')).toBe(orderPath(placed.id));
    }, 60_000);

    it('is waited for as long as the shopper prefers', async () => {
      const { answer, waitedMs } = await told.oneSecond;
      expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
      expect(waitedMs).toBeGreaterThan(900);
      expect(waitedMs).toBeLessThan(2_900);
    }, 60_000);

    it('is waited for three seconds when she prefers nothing', async () => {
      const { answer, waitedMs } = await told.unasked;
      expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, null]);
      expect(waitedMs).toBeGreaterThan(2_700);
      expect(waitedMs).toBeLessThan(8_000);
    }, 60_000);

    it('bars a second checkout under another key, and says when to come back', async () => {
      const { second } = await told.unavailable;
      expect(second).toMatchObject({ status: 409, problem: { type: '/problems/checkout-in-progress' } });
      expect(second.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }, 60_000);

    it('answers its own key with the order as it stands', async () => {
      const { replay, placed } = await told.unavailable;
      expect(replay.status).toBe(202);
      expect(success(replay)).toMatchObject({ id: placed.id, status: 'pending' });
    }, 60_000);

    it('cannot be canceled while it is pending', async () => {
      const { cancel } = await told.unavailable;
      expect(cancel).toMatchObject({ status: 409, problem: { type: '/problems/order-not-cancelable' } });
    }, 60_000);

    it('tells on its events every 15 s that it is still there, and how it ends', async () => {
      const { told: statuses, listenedMs, comments } = await told.followed;
      expect(statuses).toEqual(['pending', 'rejected']);
      // A second to spare, for a machine that is busy.
      expect(comments).toBeGreaterThanOrEqual(Math.floor((listenedMs - 1_000) / 15_000));
      expect(comments).toBeLessThanOrEqual(Math.ceil(listenedMs / 15_000));
    }, 60_000);

    it('holds the stock meanwhile', async () => {
      expect((await told.unavailable).held).toBe(6);
    }, 60_000);
  });

  describe('a charge whose answer is lost', () => {
    it('is asked for again: the order is paid within 15 s', async () => {
      const { order, tookMs } = await told.lostAnswer;
      expect(order).toMatchObject({ status: 'paid', total: { amount: 600 } });
      expect(tookMs).toBeLessThan(15_000);
    }, 60_000);

    it('is made exactly once', async () => {
      const { order, entries, left } = await told.lostAnswer;
      expect(captured(entries)).toMatchObject([{ amount: order.total }]);
      expect(netOf(entries)).toBe(order.total.amount);
      expect(left).toBe(8);
    }, 60_000);

    it('leaves in the cart what was added meanwhile', async () => {
      const { cart, inTime, sku, other } = await told.lostAnswer;
      const quantity = new Map(cart.items.map((line) => [line.sku, line.quantity]));
      expect(quantity.get(other)).toBe(1);
      expect(inTime ? [3] : [3, 5]).toContain(quantity.get(sku));
    }, 60_000);

    it('takes no more out of the cart than is in it', async () => {
      const { order, cart, inTime } = await told.emptied;
      expect(order).toMatchObject({ status: 'paid', items: [{ quantity: 3 }] });
      if (inTime) expect(cart).toMatchObject({ items: [], count: 0 });
      else expect(cart.count).toBeLessThanOrEqual(1);
    }, 60_000);
  });

  describe('a provider that is out of order', () => {
    it('is given up within 25 s: the order is rejected', async () => {
      const { order, tookMs } = await told.unavailable;
      expect(order).toMatchObject({ status: 'rejected', reason: 'payment_unavailable' });
      expect(tookMs).toBeLessThan(25_000);
    }, 60_000);

    it('has taken nothing, and takes nothing afterwards', async () => {
      const { entries } = await told.unavailable;
      expect(captured(entries)).toEqual([]);
    }, 60_000);

    it('costs the shopper neither her cart nor the store its stock', async () => {
      const { cart, left, version, sku } = await told.unavailable;
      expect(cart).toMatchObject({ items: [{ sku, quantity: 4 }], version });
      expect(left).toBe(10);
    }, 60_000);

    it('does not bar another try with another card', async () => {
      const { next } = await told.unavailable;
      expect(next).toMatchObject({ status: 'paid', total: { amount: 1200 } });
    }, 60_000);
  });
}
