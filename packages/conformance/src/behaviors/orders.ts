import { describe, expect, it } from '@jest/globals';
import { routes, type Order } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { captured, journal, netOf, refunded } from '../journal.ts';
import { orderPath, shopper, success, until, type CheckoutWishes } from '../shopper.ts';
import { available, stockRoom } from '../stock-room.ts';

const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Orders after checkout: reading, canceling, and whose they are. */
export function orderBehaviors(door: Door): void {
  const room = stockRoom(door);

  /** A shopper who has just bought `quantity` of a product of which there were 10. */
  async function bought(wishes: CheckoutWishes & { quantity?: number } = {}) {
    const product = await room.add({ stock: 10, cents: 450 });
    const ada = shopper(door);
    await ada.put(product.sku, wishes.quantity ?? 1);
    const order = await ada.buy(wishes);
    return { ada, product, sku: product.sku, order };
  }

  /** A shopper with so many orders, oldest first. */
  async function regular(count: number) {
    const { sku } = await room.add({ stock: count });
    const ada = shopper(door);
    const orders: Order[] = [];
    for (let n = 0; n < count; n += 1) {
      await ada.put(sku, 1);
      orders.push(await ada.buy());
    }
    return { ada, orders };
  }

  describe('orders', () => {
    it('are listed newest first, as they are shown one by one', async () => {
      const { ada, orders } = await regular(3);
      expect(await ada.orders()).toEqual(orders.toReversed());
      for (const order of orders) expect(await ada.order(order.id)).toEqual(order);
    });

    it('are shown page by page, each once, while another is made', async () => {
      const { ada, orders } = await regular(5);
      const first = success(await ada.call(routes.listOrders, { query: { limit: 2 } }));
      const { sku } = await room.add({ stock: 1 });
      await ada.put(sku, 1);
      await ada.buy();
      const second = success(
        await ada.call(routes.listOrders, { query: { limit: 2, cursor: first.nextCursor ?? '' } }),
      );
      const third = success(
        await ada.call(routes.listOrders, { query: { limit: 2, cursor: second.nextCursor ?? '' } }),
      );
      const seen = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
      expect(seen).toEqual(orders.map(({ id }) => id).toReversed());
      expect(third.nextCursor).toBeNull();
    });

    it('are none for somebody without a session, who does not get one by asking', async () => {
      const visitor = shopper(door);
      expect(success(await visitor.call(routes.listOrders))).toEqual({ items: [], nextCursor: null });
      expect(visitor.cookie()).toBeUndefined();
    });

    it('are listed within limits, and from cursors of their own', async () => {
      const { ada } = await regular(1);
      const catalog = success(await ada.call(routes.listProducts, { query: { limit: 1 } }));
      for (const limit of ['0', '101', 'x', '-5', '2.0']) {
        const answer = await ada.call(routes.listOrders, { query: { limit } });
        expect({ limit, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'limit' }] } });
      }
      for (const cursor of ['x', "'", 'e30', catalog.nextCursor ?? 'e30', NOBODYS.slice(1)]) {
        const answer = await ada.call(routes.listOrders, { query: { cursor } });
        expect({ cursor, ...answer }).toMatchObject({ status: 400, problem: { errors: [{ parameter: 'cursor' }] } });
      }
    });

    it("are not to be had with another shopper's cursor", async () => {
      const { ada } = await regular(3);
      const cursor = success(await ada.call(routes.listOrders, { query: { limit: 1 } })).nextCursor ?? '';
      const { ada: bob, order } = await bought();
      const answer = await bob.call(routes.listOrders, { query: { cursor } });
      const shown = answer.ok ? answer.body.items.map(({ id }) => id) : [];
      expect(shown.filter((id) => id !== order.id)).toEqual([]);
    });

    it('stay as they were bought when the product changes or goes', async () => {
      const { ada, product, order } = await bought();
      await room.change(product, { name: 'Renamed', price: { amount: 1, currency: 'USD' } });
      expect(await ada.order(order.id)).toEqual(order);
      await room.remove(product.sku);
      expect(await ada.order(order.id)).toEqual(order);
    });

    it("answer one and the same 404 for another shopper's, an unknown and a malformed id", async () => {
      const { order } = await bought();
      const { ada: bob } = await bought();
      const malformed = [
        'x',
        '1',
        order.id.slice(1),
        `${order.id}0`,
        '%00',
        '%27',
        '%7B%22%24ne%22%3Anull%7D',
        'a%2Fb',
      ];
      const ids = [order.id, NOBODYS, '123e4567-e89b-42d3-a456-426614174000', ...malformed];
      for (const [method, suffix] of [
        ['GET', ''],
        ['POST', '/cancel'],
      ] as const) {
        const answers = new Set<string>();
        for (const id of ids) {
          const { status, text, headers } = await bob.send({ method, path: `/api/orders/${id}${suffix}` });
          const shown = ['content-type', 'cache-control', 'content-length'].map((name) => headers.get(name));
          answers.add(JSON.stringify([status, text, shown]));
        }
        expect([...answers]).toHaveLength(1);
        expect([...answers][0]).toMatch(/^\[404,/);
      }
    });

    it('answer the same 404 to somebody without a session', async () => {
      const { order, ada } = await bought();
      const stranger = await shopper(door).send({ method: 'GET', path: orderPath(order.id) });
      const unknown = await ada.send({ method: 'GET', path: orderPath(NOBODYS) });
      expect([stranger.status, stranger.text]).toEqual([404, unknown.text]);
    });

    it('are not shown in the list of another', async () => {
      const { order } = await bought();
      const { ada: bob } = await bought();
      expect((await bob.orders()).map(({ id }) => id)).not.toContain(order.id);
    });
  });

  describe('canceling', () => {
    it('puts the stock back and the money too, once', async () => {
      const { ada, sku, order } = await bought({ quantity: 4 });
      expect(await available(door, sku)).toBe(6);
      const canceled = success(await ada.cancel(order.id));
      expect(canceled).toEqual({ ...order, status: 'canceled', updatedAt: expect.any(String) });
      await until(
        'the stock is back',
        15_000,
        () => available(door, sku),
        (left) => left === 10,
      );
      const entries = await until(
        'the refund is made',
        15_000,
        () => journal(door.providerUrl, order.id),
        (all) => netOf(all) === 0,
      );
      expect(captured(entries)).toHaveLength(1);
      expect(refunded(entries)).toMatchObject([{ amount: order.total }]);
    });

    it('again gives the same answer and changes nothing more', async () => {
      const { ada, sku, order } = await bought();
      const first = success(await ada.cancel(order.id));
      await until(
        'the stock is back',
        15_000,
        () => available(door, sku),
        (left) => left === 10,
      );
      await until(
        'the refund is made',
        15_000,
        () => journal(door.providerUrl, order.id),
        (all) => netOf(all) === 0,
      );
      const again = await ada.cancel(order.id);
      expect(again.status).toBe(200);
      expect(success(again)).toMatchObject({ id: first.id, status: 'canceled' });
      expect(await available(door, sku)).toBe(10);
      expect(refunded(await journal(door.providerUrl, order.id))).toHaveLength(1);
    });

    it('five times at once refunds once and puts the stock back once', async () => {
      const { ada, sku, order } = await bought({ quantity: 3 });
      const answers = await Promise.all(Array.from({ length: 5 }, () => ada.cancel(order.id)));
      expect(answers.map((answer) => success(answer).status)).toEqual(Array(5).fill('canceled'));
      await until(
        'the refund is made',
        15_000,
        () => journal(door.providerUrl, order.id),
        (all) => netOf(all) <= 0,
      );
      await until(
        'the stock is back',
        15_000,
        () => available(door, sku),
        (left) => left >= 10,
      );
      expect(refunded(await journal(door.providerUrl, order.id))).toHaveLength(1);
      expect(await available(door, sku)).toBe(10);
    });

    it('makes the units fit for sale again, and leaves the cart alone', async () => {
      const { sku } = await room.add({ stock: 1 });
      const [ada, bob] = [shopper(door), shopper(door)];
      await ada.put(sku, 1);
      const { id } = await ada.buy();
      await ada.cancel(id);
      expect((await ada.cart()).items).toEqual([]);
      await until(
        'the stock is back',
        15_000,
        () => available(door, sku),
        (left) => left === 1,
      );
      await bob.put(sku, 1);
      expect((await bob.buy()).status).toBe('paid');
    });

    it('is refused for an order that was rejected', async () => {
      const { ada, order } = await bought({ token: 'tok_declined' });
      expect(order.status).toBe('rejected');
      expect(await ada.cancel(order.id)).toMatchObject({
        status: 409,
        problem: { type: '/problems/order-not-cancelable' },
      });
      expect(await ada.order(order.id)).toEqual(order);
    });

    it("is not for another's order", async () => {
      const { ada, sku, order } = await bought();
      const { ada: bob } = await bought();
      expect((await bob.cancel(order.id)).status).toBe(404);
      expect((await shopper(door).cancel(order.id)).status).toBe(404);
      expect((await ada.order(order.id)).status).toBe('paid');
      expect(await available(door, sku)).toBe(9);
    });
  });
}
