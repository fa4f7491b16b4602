import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';
import { postgresProducts, productMigrations, productReactions, products } from '../src/index.ts';
import { newSku, stocked, stockOf } from './support/products.ts';

describeWithPostgres('the product service, driven by events', () => {
  let database: ThrowawayDatabase;
  beforeAll(async () => {
    database = await throwawayDatabase([productMigrations]);
  });
  afterAll(() => database.close());

  const shopper = newId();
  const hears = () => productReactions(products(postgresProducts(database.db)));
  const order = async (units: number, quantity: number) => {
    const [orderId, sku] = [newId(), newSku()];
    await stocked(database.db, sku, units);
    const about = { orderId, shopper, lines: [{ sku, quantity }] };
    const place = () => hears()['order.placed.v1']({ ...about, total: money(1), paymentToken: 'tok_visa' });
    return { orderId, sku, about, place, stock: () => stockOf(database.db, sku) };
  };
  const because = 'payment_declined';

  it('holds the stock of a placed order, and says so each time that it is asked', async () => {
    const { orderId, place, stock } = await order(3, 2);
    const reserved = { type: 'stock.reserved.v1', data: { orderId } };
    const answers = await Promise.all([place(), place(), place()]);
    expect(answers.flat()).toEqual([reserved, reserved, reserved]);
    expect(await stock()).toMatchObject({ on_hand: 1, reserved: 2 });
  });

  it('refuses an order that asks for more than there is, also when more has come since', async () => {
    const { orderId, sku, place, stock } = await order(1, 2);
    const refused = [{ type: 'stock.refused.v1', data: { orderId, skus: [sku] } }];
    expect(await place()).toEqual(refused);
    await stocked(database.db, sku, 10);
    expect(await place()).toEqual(refused);
    expect(await stock()).toMatchObject({ on_hand: 11, reserved: 0 });
  });

  it('counts a paid order as sold, once', async () => {
    const { orderId, about, place, stock } = await order(3, 2);
    await place();
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await hears()['order.paid.v1'](about)).toEqual([{ type: 'stock.sold.v1', data: { orderId } }]);
    }
    expect(await stock()).toMatchObject({ on_hand: 1, reserved: 0, sold: 2 });
  });

  it('frees the stock of an order that was not paid before it says so, and says why', async () => {
    const { orderId, place, stock } = await order(3, 2);
    await place();
    for (let turn = 0; turn < 2; turn += 1) {
      const released = [{ type: 'stock.released.v1', data: { orderId, because } }];
      expect(await hears()['payment.failed.v1']({ orderId, because })).toEqual(released);
      expect(await stock()).toMatchObject({ on_hand: 3, reserved: 0 });
    }
    // Said again, since it had been held: whoever hears it knows already that nothing is to be charged.
    expect(await place()).toEqual([{ type: 'stock.reserved.v1', data: { orderId } }]);
    expect(await stock()).toMatchObject({ on_hand: 3, reserved: 0 });
  });

  it('takes the units of a canceled order back once, also before it has heard that it was paid', async () => {
    for (const paidFirst of [true, false]) {
      const { orderId, about, place, stock } = await order(3, 2);
      await place();
      if (paidFirst) await hears()['order.paid.v1'](about);
      for (let turn = 0; turn < 2; turn += 1) {
        expect(await hears()['order.canceled.v1']({ orderId })).toEqual([
          { type: 'stock.returned.v1', data: { orderId } },
        ]);
      }
      expect(await hears()['order.paid.v1'](about)).toEqual([{ type: 'stock.sold.v1', data: { orderId } }]);
      expect(await stock()).toMatchObject({ on_hand: 3, reserved: 0 });
    }
  });

  it('does not call sold what it never held', async () => {
    const { about } = await order(3, 2);
    await expect(hears()['order.paid.v1'](about)).rejects.toThrow('no reservation');
  });
});
