import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@twinstore/platform';
import { carts, cartReactions } from '../src/index.ts';
import { databases, type ThrowawayCarts } from './databases.ts';

for (const database of databases) {
  database.describe(`the cart service, driven by events, with ${database.name}`, () => {
    let opened: ThrowawayCarts;
    beforeAll(async () => {
      opened = await database.open();
    });
    afterAll(() => opened?.close());

    const hears = () => cartReactions(carts(opened.store, { quote: async () => [] }));
    const tea = (quantity: number) => [{ sku: 'tea', quantity }];

    it('takes out what was bought, once, and says so each time that it hears of it', async () => {
      const [shopper, orderId] = [newId(), newId()];
      await opened.store.set(shopper, 'tea', 5);
      const about = { orderId, shopper, lines: tea(3) };
      const takenOut = { type: 'cart.taken-out.v1', data: { orderId } };
      const answers = await Promise.all(Array.from({ length: 4 }, () => hears()['order.paid.v1'](about)));
      expect(answers.flat()).toEqual([takenOut, takenOut, takenOut, takenOut]);
      expect((await opened.store.read(shopper)).lines).toEqual(tea(2));
    });
  });
}
