import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inTransaction, newId, openPostgres, type Database } from '@twinstore/platform';
import { postgresCarts } from '../src/index.ts';
import { databases, type ThrowawayCarts } from './databases.ts';

for (const database of databases.filter(({ name }) => name === 'PostgreSQL')) {
  database.describe('carts in a transaction of the monolith', () => {
    let carts: ThrowawayCarts;
    let db: Database;
    beforeAll(async () => {
      carts = await database.open();
      db = openPostgres(carts.url, () => {}, 3);
    });
    afterAll(async () => {
      await db?.close();
      await carts?.close();
    });

    const tea = (quantity: number) => [{ sku: 'tea', quantity }];

    it('are as they were when it is rolled back, and the order may come again', async () => {
      const [shopper, order] = [newId(), newId()];
      await carts.store.set(shopper, 'tea', 3);
      const failing = inTransaction(db, async (tx) => {
        await postgresCarts(tx).takeOut(shopper, order, tea(1));
        throw new Error('the order was not to be');
      });
      await expect(failing).rejects.toThrow('the order was not to be');
      expect(await carts.store.read(shopper)).toEqual({ lines: tea(3), version: 1 });
      await inTransaction(db, (tx) => postgresCarts(tx).takeOut(shopper, order, tea(1)));
      expect(await carts.store.read(shopper)).toEqual({ lines: tea(2), version: 2 });
    });

    it('let a change from outside wait, which then adds to what the transaction left', async () => {
      const shopper = newId();
      await carts.store.set(shopper, 'tea', 3);
      let outside;
      await inTransaction(db, async (tx) => {
        await postgresCarts(tx).takeOut(shopper, newId(), tea(3));
        outside = carts.store.set(shopper, 'cup', 1);
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
      expect(await outside).toEqual({ ok: true, value: { lines: [{ sku: 'cup', quantity: 1 }], version: 3 } });
    });
  });
}
