import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cartMigrations, postgresCarts } from '@twinstore/cart';
import { money } from '@twinstore/kernel';
import { postgresProducts, productMigrations, products } from '@twinstore/product';
import { newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import fc from 'fast-check';
import { modelCarts, noCarts, putIntoCart } from './choreography/carts.ts';
import { same, trial } from './choreography/same.ts';
import { emptyStock, modelStock } from './choreography/stock.ts';

const few = fc.nat(2);

describeWithPostgres('the models of the choreography test do what the stores do:', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([productMigrations, cartMigrations]);
  });
  afterAll(() => database.close());

  it('the stock', async () => {
    const ids = [newId(), newId(), newId()];
    const lines = fc.uniqueArray(
      fc.record({ sku: fc.constantFrom('a', 'b'), quantity: fc.integer({ min: 1, max: 3 }) }),
      {
        selector: ({ sku }) => sku,
        minLength: 1,
      },
    );
    const step = fc.record({ does: fc.constantFrom('reserve', 'reserve', 'commit', 'giveBack'), of: few, lines });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 15, size: 'max' }), (steps) =>
      trial(database.db, async (tx) => {
        const state = emptyStock({ a: 3, b: 2 });
        const shop = products(postgresProducts(tx));
        for (const [sku, { received }] of state.shelves) {
          const details = {
            name: sku,
            description: '',
            category: 'x',
            price: money(1),
            image: undefined,
            attributes: {},
          };
          await shop.put(sku, details);
          await shop.changeStock({ sku, delta: received, idempotencyKey: undefined });
        }
        for (const { does, of, lines } of steps) {
          const id = ids[of] as string;
          await same([modelStock(state), shop], (stock) => {
            if (does === 'reserve') return stock.reserve(id, lines);
            return does === 'commit' ? stock.commit(id) : stock.giveBack(id);
          });
          const { rows } = await tx.query(
            `select sku, received, on_hand as "onHand", reserved, sold, returned from product.stock order by sku`,
          );
          expect(rows).toEqual([...state.shelves].map(([sku, shelf]) => ({ sku, ...shelf })));
        }
        const { rows } = await tx.query('select order_id, state from product.reservations');
        const reservations = [...state.reservations].map(([order_id, { state }]) => ({ order_id, state }));
        expect(new Set(rows)).toEqual(new Set(reservations));
      }),
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('the carts', async () => {
    const [shopper, ids] = [newId(), [newId(), newId(), newId()]];
    const step = fc.record({
      does: fc.constantFrom('put', 'take out'),
      of: few,
      sku: fc.constantFrom('a', 'b'),
      quantity: fc.integer({ min: 1, max: 4 }),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12, size: 'max' }), (steps) =>
      trial(database.db, async (tx) => {
        const [state, store] = [noCarts(), postgresCarts(tx)];
        for (const { does, of, sku, quantity } of steps) {
          if (does === 'put') {
            putIntoCart(state, shopper, sku, quantity);
            const { lines } = await store.read(shopper);
            await store.set(shopper, sku, (lines.find((line) => line.sku === sku)?.quantity ?? 0) + quantity);
          } else {
            const bought = [{ sku, quantity }];
            await modelCarts(state).takeOut(shopper, ids[of] as string, bought);
            await store.takeOut(shopper, ids[of] as string, bought);
          }
          expect((await store.read(shopper)).lines).toEqual(await modelCarts(state).lines(shopper));
        }
      }),
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
