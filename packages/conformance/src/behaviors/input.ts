import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Problem } from '@twinstore/contracts';
import type { Door } from '../door.ts';
import { address, shopper } from '../shopper.ts';
import { details, stockRoom, unique } from '../stock-room.ts';

/** Requests with a fault: each is refused with the place of the fault, and nothing else happens. */
export function inputBehaviors(door: Door): void {
  const room = stockRoom(door);
  const problemIn = ({ text }: { text: string }) => JSON.parse(text) as Problem;
  const pointers = (answer: { text: string }) => (problemIn(answer).errors ?? []).map(({ pointer }) => pointer);

  async function withInCart() {
    const { sku } = await room.add({ stock: 5 });
    const ada = shopper(door);
    await ada.put(sku, 1);
    return ada;
  }
  const order = (ada: Awaited<ReturnType<typeof withInCart>>, body: unknown) =>
    ada.sendJson('POST', '/api/orders', body, { 'Idempotency-Key': randomUUID() });
  const shippedTo = (changes: Record<string, unknown>) => ({
    paymentToken: 'tok_visa',
    shippingAddress: { ...address, ...changes },
  });

  describe('a shipping address', () => {
    it.each(['name', 'line1', 'city', 'postalCode', 'country'])('must have a %s that is a text', async (field) => {
      const ada = await withInCart();
      for (const value of [undefined, null, '', 5, { $ne: '' }, ['x']]) {
        const answer = await order(ada, shippedTo({ [field]: value }));
        expect({ value, status: answer.status, at: pointers(answer) }).toEqual({
          value,
          status: 400,
          at: [`#/shippingAddress/${field}`],
        });
      }
      expect(await ada.orders()).toEqual([]);
    });

    it.each(['name', 'line1', 'line2', 'city', 'region', 'postalCode'])(
      'has at most 200 characters of %s, none of them a control character',
      async (field) => {
        const ada = await withInCart();
        for (const value of ['x'.repeat(201), 'a\u0000b', 'a\nb', '\u001b[2J', '\u007f', '', '\ud800']) {
          const answer = await order(ada, shippedTo({ [field]: value }));
          expect({ value, status: answer.status, at: pointers(answer) }).toEqual({
            value,
            status: 400,
            at: [`#/shippingAddress/${field}`],
          });
        }
      },
    );

    it.each(['us', 'USA', 'XX', 'UK', 'U', 'Us', ' US', '🇺🇸', '00'])('has no country "%s"', async (country) => {
      const answer = await order(await withInCart(), shippedTo({ country }));
      expect({ status: answer.status, at: pointers(answer) }).toEqual({
        status: 400,
        at: ['#/shippingAddress/country'],
      });
    });

    it('must be there, as an object', async () => {
      const ada = await withInCart();
      for (const shippingAddress of [undefined, null, 'London', 7]) {
        const answer = await order(ada, { paymentToken: 'tok_visa', shippingAddress });
        expect({ status: answer.status, at: pointers(answer) }).toEqual({ status: 400, at: ['#/shippingAddress'] });
      }
    });

    it('comes back as it was given, at full length and in any script', async () => {
      const ada = await withInCart();
      const full = {
        name: '李'.repeat(200),
        line1: 'O\'Brien "&<b>\\',
        line2: 'žluť 👩‍👩‍👧',
        region: 'Åland',
        country: 'AX',
      };
      const answer = await order(ada, shippedTo(full));
      expect([201, 202]).toContain(answer.status);
      expect(JSON.parse(answer.text).shippingAddress).toEqual({ ...address, ...full });
    });

    it('loses the members that no address has', async () => {
      const ada = await withInCart();
      const answer = await order(ada, shippedTo({ planet: 'Earth', cardNumber: '4242424242424242' }));
      expect(JSON.parse(answer.text).shippingAddress).toEqual(address);
    });
  });

  describe('a checkout', () => {
    it.each([
      undefined,
      null,
      '',
      'tok_mastercard',
      'TOK_VISA',
      'tok_visa ',
      4242,
      ['tok_visa'],
      { $ne: null },
      '__proto__',
    ])('is not paid with %j', async (paymentToken) => {
      const ada = await withInCart();
      const answer = await order(ada, { paymentToken, shippingAddress: address });
      expect({ status: answer.status, at: pointers(answer) }).toEqual({ status: 400, at: ['#/paymentToken'] });
      expect(await ada.orders()).toEqual([]);
    });

    it('expects a total that is money', async () => {
      const ada = await withInCart();
      const cases = [
        [{ amount: 1.5, currency: 'USD' }, '#/expectedTotal/amount'],
        [{ amount: '1999', currency: 'USD' }, '#/expectedTotal/amount'],
        [{ amount: -1, currency: 'USD' }, '#/expectedTotal/amount'],
        [{ amount: 1999, currency: 'EUR' }, '#/expectedTotal/currency'],
        [{ amount: 1999 }, '#/expectedTotal/currency'],
        [1999, '#/expectedTotal'],
        [null, '#/expectedTotal'],
      ] as const;
      for (const [expectedTotal, pointer] of cases) {
        const answer = await order(ada, { ...shippedTo({}), expectedTotal });
        expect({ expectedTotal, status: answer.status, at: pointers(answer) }).toEqual({
          expectedTotal,
          status: 400,
          at: [pointer],
        });
      }
    });

    it('is told all its faults at once', async () => {
      const answer = await order(await withInCart(), {
        paymentToken: 'x',
        shippingAddress: { ...address, city: '', country: 'gb' },
      });
      expect(pointers(answer).toSorted()).toEqual([
        '#/paymentToken',
        '#/shippingAddress/city',
        '#/shippingAddress/country',
      ]);
    });
  });

  describe('a product from the admin', () => {
    const path = () => `/api/products/${unique('c')}`;
    const usd = (amount: unknown) => ({ amount, currency: 'USD' });

    it.each<[string, string, unknown]>([
      ['without a name', '#/name', { name: undefined }],
      ['with an empty name', '#/name', { name: '' }],
      ['with a name of 201 characters', '#/name', { name: 'x'.repeat(201) }],
      ['with a line break in its name', '#/name', { name: 'a\nb' }],
      ['with a number for a name', '#/name', { name: 7 }],
      ['without a description', '#/description', { description: undefined }],
      ['with NUL in its description', '#/description', { description: 'a\u0000b' }],
      ['without a category', '#/category', { category: undefined }],
      ['with a category that is no slug', '#/category', { category: 'Home & Garden' }],
      ['with half a slug', '#/category', { category: 'home-' }],
      ['without a price', '#/price', { price: undefined }],
      ['with a bare number for a price', '#/price', { price: 1999 }],
      ['with a negative price', '#/price/amount', { price: usd(-1) }],
      ['with a fraction of a cent', '#/price/amount', { price: usd(19.99) }],
      ['with a text for an amount', '#/price/amount', { price: usd('1999') }],
      ['above the highest price', '#/price/amount', { price: usd(100_000_001) }],
      ['in another currency', '#/price/currency', { price: { amount: 1, currency: 'EUR' } }],
      ['with a script for a picture', '#/image', { image: 'javascript:alert(1)' }],
      ['with a picture by http', '#/image', { image: 'http://example.com/a.png' }],
      ["with a picture from another's host", '#/image', { image: '//example.com/a.png' }],
      ['with a list of attributes', '#/attributes', { attributes: ['a'] }],
      ['with null attributes', '#/attributes', { attributes: null }],
      ['with a number in an attribute', '#/attributes/size', { attributes: { size: 7 } }],
      ['with a slash in the name of a faulty attribute', '#/attributes/a~1b', { attributes: { 'a/b': 7 } }],
      ['with a tilde and a space in it', '#/attributes/~0%20x', { attributes: { '~ x': null } }],
      [
        'with 33 attributes',
        '#/attributes',
        { attributes: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`a${n}`, 'x'])) },
      ],
    ])('is refused %s', async (_, pointer, changes) => {
      const at = path();
      const answer = await room.sendJson('PUT', at, { ...details(), ...(changes as object) });
      expect({ status: answer.status, at: pointers(answer) }).toEqual({ status: 400, at: [pointer] });
      expect((await room.send({ method: 'GET', path: at })).status).toBe(404);
    });

    it.each(['__proto__', 'constructor', 'prototype'])('is refused with an attribute called %s', async (name) => {
      const body = JSON.stringify(details({ attributes: { NAME: 'x' } })).replace('NAME', name);
      const headers = { 'Content-Type': 'application/json' };
      const answer = await room.send({ method: 'PUT', path: path(), headers, body });
      expect({ status: answer.status, at: pointers(answer) }).toEqual({ status: 400, at: [`#/attributes/${name}`] });
    });

    it('is taken with all that is allowed to the brim', async () => {
      const attributes = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`name ${n}`, 'é'.repeat(10)]));
      const brim = details({ name: 'x'.repeat(200), price: { amount: 100_000_000, currency: 'USD' }, attributes });
      const answer = await room.sendJson('PUT', path(), brim);
      expect(answer.status).toBe(201);
      expect(JSON.parse(answer.text)).toMatchObject(brim);
    });

    it('is not made under a SKU that is none, and the answer names the parameter', async () => {
      for (const sku of ['-x', '.x', '_x', 'a%20b', 'a%2Fb', 'x'.repeat(65), '%C3%A9', 'a%00']) {
        const answer = await room.sendJson('PUT', `/api/products/${sku}`, details());
        expect({ sku, status: answer.status }).toEqual({ sku, status: 400 });
        expect(problemIn(answer).errors).toMatchObject([{ parameter: 'sku' }]);
      }
    });
  });

  describe('members that nobody asked for', () => {
    it('cannot reach the prototype of anything', async () => {
      const { sku } = await room.add();
      const ada = shopper(door);
      const put = (body: string) =>
        ada.send({
          method: 'PUT',
          path: `/api/cart/items/${sku}`,
          headers: { 'Content-Type': 'application/json' },
          body,
        });
      expect((await put('{"__proto__":{"quantity":5}}')).status).toBe(400);
      expect((await put('{"constructor":{"prototype":{"quantity":5}}}')).status).toBe(400);
      const taken = await put(
        '{"quantity":1,"__proto__":{"polluted":1,"admin":true},"constructor":{"prototype":{"polluted":1}}}',
      );
      expect(taken.status).toBe(200);
      expect((await put('{}')).status).toBe(400);
      // Every answer is checked for members that the contract does not know, so pollution would show here.
      expect(
        JSON.stringify([await ada.cart(), (await ada.send({ method: 'GET', path: '/api/meta' })).text]),
      ).not.toContain('polluted');
      expect((await ada.sendJson('PUT', `/api/products/${sku}`, details())).status).toBe(401);
    });

    it('are ignored in a product: stock is not set by describing it', async () => {
      const sku = unique('c');
      const answer = await room.sendJson('PUT', `/api/products/${sku}`, {
        ...details(),
        available: 99,
        sku: 'other',
        stock: 5,
      });
      expect(answer.status).toBe(201);
      expect(JSON.parse(answer.text)).toMatchObject({ sku, available: 0 });
    });

    it('are ignored in a query', async () => {
      await room.add();
      const path = '/api/products?limit[$gt]=1&limit[]=7&__proto__[x]=1&constructor=1&debug=true&limit=1';
      const { status, text } = await shopper(door).send({ method: 'GET', path });
      expect(status).toBe(200);
      expect(JSON.parse(text).items).toHaveLength(1);
    });
  });
}
