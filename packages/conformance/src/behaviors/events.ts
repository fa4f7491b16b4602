import { describe, expect, it } from '@jest/globals';
import type { Order } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { eventListener } from '../event-listener.ts';
import type { StreamedEvent } from '../events-in.ts';
import { orderPath, shopper, success, type CheckoutWishes, type Shopper } from '../shopper.ts';
import { stockRoom } from '../stock-room.ts';

const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057';
const LISTENERS = 200;

const eventsPath = (id: string) => `${orderPath(id)}/events`;
const orderIn = ({ data }: StreamedEvent) => JSON.parse(data) as Order;
const statusesOf = (events: readonly StreamedEvent[]) => events.map((event) => orderIn(event).status);

/** How an order goes on, told by server-sent events. */
export function eventBehaviors(door: Door): void {
  const room = stockRoom(door);

  async function ready(stock = 5) {
    const { sku } = await room.add({ stock, cents: 700 });
    const ada = shopper(door);
    await ada.put(sku, 1);
    return ada;
  }

  async function bought(wishes: CheckoutWishes = {}, stock = 5) {
    const ada = await ready(stock);
    return { ada, order: await ada.buy(wishes) };
  }

  /** A checkout that takes its time, and that nobody waited for. */
  async function underWay() {
    const ada = await ready();
    const order = success(await ada.checkout({ token: 'tok_timeout', prefer: 'wait=0' }));
    return { ada, id: order.id };
  }

  const listen = (ada: Shopper, id: string, headers: Record<string, string> = {}) =>
    eventListener(door, eventsPath(id), { Cookie: ada.cookie() ?? '', ...headers });

  /** The events of a slow checkout by somebody who came before its end; on a busy machine, that takes some tries. */
  async function fromTheStart(tries = 10): Promise<{ ada: Shopper; id: string; events: readonly StreamedEvent[] }> {
    const { ada, id } = await underWay();
    const events = await (await listen(ada, id)).rest();
    return events.length === 1 && tries > 1 ? fromTheStart(tries - 1) : { ada, id, events };
  }

  describe('the events of an order', () => {
    it.each([
      ['paid', {}, 5],
      ['rejected', { token: 'tok_declined' }, 5],
      ['rejected', {}, 0],
    ] as const)('are its present state and no more when it is %s: %j, %d in stock', async (status, wishes, stock) => {
      const { ada, order } = await bought(wishes, stock);
      const listener = await listen(ada, order.id);
      const events = await listener.rest();
      expect(listener.status).toBe(200);
      expect(events.map(({ event }) => event)).toEqual(['status']);
      expect(events.map(orderIn)).toEqual([order]);
      expect(order.status).toBe(status);
    });

    it('are that of a canceled order too, though its stock and money may still be on their way', async () => {
      const { ada, order } = await bought();
      const canceled = success(await ada.cancel(order.id));
      expect((await (await listen(ada, order.id)).rest()).map(orderIn)).toEqual([canceled]);
    });

    it('are sent as they happen, uncompressed, past every cache', async () => {
      const { ada, order } = await bought();
      const { headers, rest } = await listen(ada, order.id, { 'Accept-Encoding': 'gzip, br', Accept: '*/*' });
      expect(headers.get('content-type')).toMatch(/^text\/event-stream\b/);
      expect(headers.get('cache-control')).toMatch(/\bno-store\b/);
      expect(headers.get('content-encoding')).toBeNull();
      expect(headers.get('x-accel-buffering')).toBe('no');
      expect(headers.has('server-timing')).toBe(true);
      expect(await rest()).toHaveLength(1);
    });

    it('follow a slow checkout from its present state to its end, and then are over', async () => {
      const { ada, id, events } = await fromTheStart();
      expect(statusesOf(events)).toEqual(['pending', 'paid']);
      const order = await ada.order(id);
      expect(events.map(orderIn)).toEqual([{ ...order, status: 'pending', updatedAt: order.createdAt }, order]);
    }, 60_000);

    it('have an id for each state, the same on every stream, by which a client that comes back is told the rest', async () => {
      const { ada, id, events } = await fromTheStart();
      const [pending, paid] = events;
      expect(pending?.id).not.toBe(paid?.id);
      for (const known of ['', pending?.id ?? '', 'no id of ours', `${paid?.id}0`]) {
        expect(await (await listen(ada, id, { 'Last-Event-ID': known })).rest()).toEqual([paid]);
      }
      const over = await ada.send({
        method: 'GET',
        path: eventsPath(id),
        headers: { 'Last-Event-ID': paid?.id ?? '' },
      });
      expect([over.status, over.text]).toEqual([204, '']);
      await ada.cancel(id);
      const again = await (await listen(ada, id, { 'Last-Event-ID': paid?.id ?? '' })).rest();
      expect(statusesOf(again)).toEqual(['canceled']);
    }, 60_000);

    it('reach everyone of two hundred who listen, while others leave and the store goes on', async () => {
      const { ada, id } = await underWay();
      const all = await Promise.all(Array.from({ length: LISTENERS + 20 }, () => listen(ada, id)));
      const [leaving, staying] = [all.slice(0, 20), all.slice(20)];
      for (const { leave } of leaving) leave();
      expect((await ada.order(id)).id).toBe(id);
      const heard = await Promise.all(staying.map(({ rest }) => rest()));
      const ends = heard.map((events) => events.at(-1)?.data);
      expect(ends).toHaveLength(LISTENERS);
      expect(ends.map((end) => JSON.parse(end ?? 'null'))).toEqual(Array(LISTENERS).fill(await ada.order(id)));
    }, 60_000);

    it("are not to be had of another shopper's, an unknown or a malformed id, nor without a session", async () => {
      const { order } = await bought();
      const { ada: bob } = await bought();
      const shown = ({ status, text, headers }: Awaited<ReturnType<Shopper['send']>>) =>
        JSON.stringify([status, text, headers.get('content-type'), headers.get('cache-control')]);
      const expected = shown(await bob.send({ method: 'GET', path: orderPath(NOBODYS) }));
      expect(expected).toMatch(/^\[404,/);
      for (const id of [order.id, NOBODYS, '123e4567-e89b-42d3-a456-426614174000', 'x', '%00', 'a%2Fb']) {
        expect(shown(await bob.send({ method: 'GET', path: eventsPath(id) }))).toBe(expected);
      }
      const stranger = shopper(door);
      for (const known of ['', 'paid']) {
        const headers = { 'Last-Event-ID': known };
        expect(shown(await stranger.send({ method: 'GET', path: eventsPath(order.id), headers }))).toBe(expected);
      }
      expect(stranger.cookie()).toBeUndefined();
    });

    it('have headers that HEAD gives without them, and at once', async () => {
      const { ada, id } = await underWay();
      const { status, headers, text } = await ada.send({ method: 'HEAD', path: eventsPath(id) });
      expect([status, text]).toEqual([200, '']);
      expect(headers.get('content-type')).toMatch(/^text\/event-stream\b/);
      expect((await ada.send({ method: 'HEAD', path: eventsPath(NOBODYS) })).status).toBe(404);
    });
  });
}
