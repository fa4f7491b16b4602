import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Order } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { captured, journal } from '../journal.ts';
import { address, orderPath, shopper, success } from '../shopper.ts';
import { available, stockRoom } from '../stock-room.ts';

/** What an idempotency key promises: the same request, however often sent, buys once. */
export function keyBehaviors(door: Door): void {
  const room = stockRoom(door);

  /** A shopper with `quantity` of a product in her cart. */
  async function ready(quantity = 1, stock = 10) {
    const { sku } = await room.add({ stock });
    const ada = shopper(door);
    await ada.put(sku, quantity);
    const post = (key: string, body: string) =>
      ada.send({
        method: 'POST',
        path: '/api/orders',
        headers: { 'Idempotency-Key': key, 'Content-Type': 'application/json' },
        body,
      });
    return { ada, sku, post };
  }
  const request = { paymentToken: 'tok_visa', shippingAddress: address };
  const orderIn = ({ text }: { text: string }) => JSON.parse(text) as Order;

  describe('an idempotency key', () => {
    it('gives the same order when it is sent twice', async () => {
      const { ada, sku } = await ready();
      const key = randomUUID();
      const first = await ada.buy({ key });
      const again = await ada.checkout({ key });
      expect(success(again)).toEqual(first);
      expect([again.status, again.headers.get('location')]).toEqual([201, orderPath(first.id)]);
      expect(await ada.orders()).toHaveLength(1);
      expect(await available(door, sku)).toBe(9);
      expect(captured(await journal(door.providerUrl, first.id))).toHaveLength(1);
    });

    it('gives the same order, and one charge, to ten requests at the same time', async () => {
      const { ada, sku } = await ready(2);
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 10 }, () => ada.checkout({ key })));
      const ids = new Set(answers.map((answer) => success(answer).id));
      expect(ids.size).toBe(1);
      const [id = ''] = ids;
      expect((await ada.outcome(id)).status).toBe('paid');
      expect(await ada.orders()).toHaveLength(1);
      expect(captured(await journal(door.providerUrl, id))).toHaveLength(1);
      expect(await available(door, sku)).toBe(8);
    });

    it('still gives its order when the cart has something else by now', async () => {
      const { ada } = await ready();
      const key = randomUUID();
      const first = await ada.buy({ key });
      const other = await room.add({ stock: 5 });
      await ada.put(other.sku, 2);
      expect(success(await ada.checkout({ key })).id).toBe(first.id);
      expect(await ada.cart()).toMatchObject({ items: [{ sku: other.sku, quantity: 2 }] });
      expect(await available(door, other.sku)).toBe(5);
    });

    it('gives a rejected order again, even once it could be filled', async () => {
      const { ada, sku } = await ready(3, 1);
      const key = randomUUID();
      const first = await ada.buy({ key });
      await room.adjust(sku, 10);
      expect(success(await ada.checkout({ key }))).toEqual(first);
      expect(first).toMatchObject({ status: 'rejected', reason: 'out_of_stock' });
      expect(await available(door, sku)).toBe(11);
    });

    it('gives the order as it has become', async () => {
      const { ada } = await ready();
      const key = randomUUID();
      const { id } = await ada.buy({ key });
      await ada.cancel(id);
      expect(success(await ada.checkout({ key }))).toMatchObject({ id, status: 'canceled' });
    });

    it('is refused with another request, and keeps its own', async () => {
      const { ada, post } = await ready();
      const key = randomUUID();
      const first = orderIn(await post(key, JSON.stringify(request)));
      const others = [
        { ...request, paymentToken: 'tok_declined' },
        { ...request, shippingAddress: { ...address, city: 'Paris' } },
        { ...request, expectedTotal: first.total },
        { ...request, note: 'a member that the store does not know' },
      ];
      for (const other of others) {
        const { status, text } = await post(key, JSON.stringify(other));
        expect({ status, ...JSON.parse(text) }).toMatchObject({
          status: 422,
          type: '/problems/idempotency-key-reused',
        });
      }
      expect(orderIn(await post(key, JSON.stringify(request))).id).toBe(first.id);
      expect(await ada.orders()).toHaveLength(1);
    });

    it('knows the same request again in other whitespace, member order and escapes', async () => {
      const { ada, post } = await ready();
      const key = randomUUID();
      const { id } = orderIn(await post(key, JSON.stringify(request)));
      const { name, ...rest } = address;
      const reordered = { shippingAddress: { ...rest, name }, paymentToken: 'tok_visa' };
      const spellings = [
        JSON.stringify(request, null, '\t'),
        JSON.stringify(reordered),
        JSON.stringify(request).replace('tok_visa', String.raw`tok\u005fvisa`),
      ];
      for (const body of spellings) expect(orderIn(await post(key, body)).id).toBe(id);
      expect(await ada.orders()).toHaveLength(1);
    });

    it("is a shopper's own: another's order is neither found nor in the way", async () => {
      const [one, two] = [await ready(), await ready()];
      const key = randomUUID();
      const [first, second] = [await one.ada.buy({ key }), await two.ada.buy({ key })];
      expect(first.id).not.toBe(second.id);
      expect([first.status, second.status]).toEqual(['paid', 'paid']);
    });

    it('is as good as new after a request that was refused', async () => {
      const { sku } = await room.add({ cents: 700, stock: 5 });
      const ada = shopper(door);
      await ada.put((await room.add()).sku, 1);
      await ada.send({ method: 'DELETE', path: '/api/cart' });
      const key = randomUUID();
      expect((await ada.checkout({ key })).status).toBe(409);
      await ada.put(sku, 1);
      const wrong = { key, expectedTotal: { amount: 1, currency: 'USD' as const } };
      expect((await ada.checkout(wrong)).status).toBe(409);
      const invalid = { paymentToken: 'tok_visa', shippingAddress: { ...address, country: 'gb' } };
      const headers = { 'Idempotency-Key': key };
      expect((await ada.sendJson('POST', '/api/orders', invalid, headers)).status).toBe(400);
      expect(await ada.buy({ key })).toMatchObject({ status: 'paid', total: { amount: 700 } });
      expect(await ada.orders()).toHaveLength(1);
    });

    it('must be there', async () => {
      const { ada } = await ready();
      const { status, text } = await ada.sendJson('POST', '/api/orders', request);
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
    });

    it.each([
      ['nothing', ''],
      ['256 characters', 'k'.repeat(256)],
      ['a space', 'a b'],
      ['a letter beyond ASCII', 'clé'],
      ['a tab', 'a\tb'],
    ])('cannot be %s', async (_, key) => {
      const { ada } = await ready();
      const { status, text } = await ada.sendJson('POST', '/api/orders', request, { 'Idempotency-Key': key });
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
      expect(await ada.orders()).toEqual([]);
    });

    it('may have 255 characters, of all visible ones', async () => {
      const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, n) => 0x21 + n));
      const { ada } = await ready();
      const key = (randomUUID() + visible.repeat(3)).slice(0, 255);
      const { id } = await ada.buy({ key });
      expect(success(await ada.checkout({ key })).id).toBe(id);
    });
  });
}
