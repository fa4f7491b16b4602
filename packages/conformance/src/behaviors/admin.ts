import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { routes, type Problem, type Product } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { orderPath, shopper, success } from '../shopper.ts';
import { available, details, stockRoom, unique } from '../stock-room.ts';

/** What needs the admin token, and what the token does. */
export function adminBehaviors(door: Door): void {
  const room = stockRoom(door);
  const stockPath = (sku: string) => `/api/products/${sku}/stock`;
  const productIn = ({ text }: { text: string }) => JSON.parse(text) as Product;

  describe('the admin token', () => {
    it.each([
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/stock'],
    ])('is asked for by %s /api/products/{sku}%s before anything else is looked at', async (method, suffix) => {
      const { sku } = await room.add({ stock: 3 });
      const wrong = [
        'Bearer',
        'Bearer ',
        'Bearer wrong',
        `Bearer ${door.adminToken}x`,
        `Basic ${door.adminToken}`,
        door.adminToken,
      ];
      const headers: Record<string, string>[] = [
        {},
        ...wrong.map((Authorization) => ({ Authorization })),
        { 'X-Admin-Token': door.adminToken },
      ];
      const visitor = shopper(door);
      for (const target of [sku, unique(), '-no-sku', `${sku}${suffix}?access_token=${door.adminToken}`]) {
        const path = target.includes('?') ? `/api/products/${target}` : `/api/products/${target}${suffix}`;
        for (const header of headers) {
          const body = method === 'DELETE' ? {} : { body: '{"delta":"not even valid"}' };
          const answer = await visitor.send({
            method,
            path,
            headers: { 'Content-Type': 'application/json', ...header },
            ...body,
          });
          expect({ path, header, status: answer.status }).toEqual({ path, header, status: 401 });
          expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
        }
      }
      expect(await available(door, sku)).toBe(3);
    });

    it('may follow its scheme in any case', async () => {
      const { sku } = await room.add();
      const Authorization = `bearer ${door.adminToken}`;
      expect((await room.sendJson('POST', stockPath(sku), { delta: 1 }, { Authorization })).status).toBe(200);
    });

    it('opens no cart and no order of a shopper', async () => {
      const { sku } = await room.add({ stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const { id } = await ada.buy();
      expect((await room.send({ method: 'GET', path: orderPath(id) })).status).toBe(404);
      expect((await room.send({ method: 'POST', path: `${orderPath(id)}/cancel` })).status).toBe(404);
      expect(JSON.parse((await room.send({ method: 'GET', path: '/api/orders' })).text).items).toEqual([]);
    });
  });

  describe('putting a product', () => {
    it('makes it with no stock the first time, and replaces it the next, with its stock untouched', async () => {
      const sku = unique('c');
      const put = (changes: Parameters<typeof details>[0]) =>
        room.call(routes.putProduct, { params: { sku }, body: details(changes) });
      const first = await put({ name: 'First', attributes: { a: 'b' }, image: '/a.svg' });
      expect(first).toMatchObject({ status: 201, body: { sku, name: 'First', available: 0, attributes: { a: 'b' } } });
      await room.adjust(sku, 6);
      const second = await put({ name: 'Second' });
      expect(second).toMatchObject({ status: 200, body: { sku, name: 'Second', available: 6 } });
      expect(success(second).attributes).toEqual({});
    });

    it('many times at once makes it once', async () => {
      const sku = unique('c');
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          room.call(routes.putProduct, { params: { sku }, body: details({ name: `Name ${n}` }) }),
        ),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
    });
  });

  describe('deleting a product', () => {
    it('takes it out of the catalog, and has nothing to delete the second time', async () => {
      const category = unique('cat');
      const { sku } = await room.add({ category, stock: 3 });
      expect((await room.call(routes.deleteProduct, { params: { sku } })).status).toBe(204);
      expect((await room.call(routes.deleteProduct, { params: { sku } })).status).toBe(404);
      const visitor = shopper(door);
      expect((await visitor.call(routes.getProduct, { params: { sku } })).status).toBe(404);
      expect(success(await visitor.call(routes.listProducts, { query: { category } })).items).toEqual([]);
      expect((await room.sendJson('POST', stockPath(sku), { delta: 1 })).status).toBe(404);
    });

    it('does not undo an order for it: it can still be canceled and refunded', async () => {
      const { sku } = await room.add({ stock: 1 });
      const ada = shopper(door);
      await ada.put(sku, 1);
      const { id } = await ada.buy();
      await room.remove(sku);
      expect(success(await ada.cancel(id)).status).toBe('canceled');
    });

    it('lets it be made anew', async () => {
      const { sku } = await room.add({ name: 'Old' });
      await room.remove(sku);
      const answer = await room.call(routes.putProduct, { params: { sku }, body: details({ name: 'New' }) });
      expect(answer).toMatchObject({ status: 201, body: { name: 'New', available: 0 } });
    });
  });

  describe('changing the stock', () => {
    it('adds units and takes them away, down to none', async () => {
      const { sku } = await room.add();
      expect((await room.adjust(sku, 1_000_000)).available).toBe(1_000_000);
      expect((await room.adjust(sku, -999_990)).available).toBe(10);
      expect((await room.adjust(sku, -10)).available).toBe(0);
    });

    it.each<[unknown]>([
      [0],
      [1.5],
      ['1'],
      [null],
      [undefined],
      [1_000_001],
      [-1_000_001],
      [true],
      [{ $inc: 1 }],
      [[1]],
      [1e21],
    ])('by %j is refused, with a pointer to it', async (delta) => {
      const { sku } = await room.add({ stock: 2 });
      const { status, text } = await room.sendJson('POST', stockPath(sku), { delta });
      expect(status).toBe(400);
      const { errors } = JSON.parse(text) as Problem;
      expect(new Set(errors?.map(({ pointer }) => pointer))).toEqual(new Set(['#/delta']));
      expect(await available(door, sku)).toBe(2);
    });

    it('below zero is refused, and nothing is taken', async () => {
      const { sku } = await room.add({ stock: 2 });
      const { status, text } = await room.sendJson('POST', stockPath(sku), { delta: -3 });
      expect([status, JSON.parse(text).type]).toEqual([409, '/problems/stock-negative']);
      expect(await available(door, sku)).toBe(2);
    });

    it('cannot take away units that are held for an order or sold', async () => {
      const { sku } = await room.add({ stock: 3 });
      const ada = shopper(door);
      await ada.put(sku, 2);
      await ada.buy();
      expect((await room.sendJson('POST', stockPath(sku), { delta: -2 })).status).toBe(409);
      expect((await room.adjust(sku, -1)).available).toBe(0);
    });

    it('of a product that nobody has is a 404', async () => {
      expect((await room.sendJson('POST', stockPath(unique()), { delta: 1 })).status).toBe(404);
    });

    it('at the same time loses no change', async () => {
      const { sku } = await room.add({ stock: 100 });
      await Promise.all(Array.from({ length: 12 }, (_, n) => room.adjust(sku, n % 2 ? 5 : -3)));
      expect(await available(door, sku)).toBe(112);
    });

    it('at the same time never takes more than there is', async () => {
      const { sku } = await room.add({ stock: 5 });
      const answers = await Promise.all(
        Array.from({ length: 9 }, () => room.sendJson('POST', stockPath(sku), { delta: -1 })),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 409, 409, 409, 409]);
      expect(await available(door, sku)).toBe(0);
    });

    it('under one idempotency key happens once, one after the other or all at once', async () => {
      const { sku } = await room.add({ stock: 1 });
      const headers = { 'Idempotency-Key': randomUUID() };
      const send = () => room.sendJson('POST', stockPath(sku), { delta: 4 }, headers);
      const answers = await Promise.all(Array.from({ length: 6 }, send));
      answers.push(await send());
      expect(answers.map((answer) => [answer.status, productIn(answer).available])).toEqual(
        Array.from({ length: 7 }, () => [200, 5]),
      );
    });

    it('under a key that came with another change is refused', async () => {
      const { sku } = await room.add();
      const headers = { 'Idempotency-Key': randomUUID() };
      expect((await room.sendJson('POST', stockPath(sku), { delta: 4 }, headers)).status).toBe(200);
      const { status, text } = await room.sendJson('POST', stockPath(sku), { delta: 5 }, headers);
      expect([status, JSON.parse(text).type]).toEqual([422, '/problems/idempotency-key-reused']);
      expect(await available(door, sku)).toBe(4);
    });

    it('under a key that was refused before may be tried again', async () => {
      const { sku } = await room.add();
      const headers = { 'Idempotency-Key': randomUUID() };
      const send = () => room.sendJson('POST', stockPath(sku), { delta: -1 }, headers);
      expect((await send()).status).toBe(409);
      await room.adjust(sku, 2);
      expect((await send()).status).toBe(200);
      expect((await send()).status).toBe(200);
      expect(await available(door, sku)).toBe(1);
    });

    it('under a key that is none names the header', async () => {
      const { sku } = await room.add();
      for (const key of ['', 'a b', 'k'.repeat(256)]) {
        const { status, text } = await room.sendJson('POST', stockPath(sku), { delta: 1 }, { 'Idempotency-Key': key });
        expect({ key, status }).toEqual({ key, status: 400 });
        expect(JSON.parse(text)).toMatchObject({ errors: [{ header: 'Idempotency-Key' }] });
      }
      expect(await available(door, sku)).toBe(0);
    });
  });
}
