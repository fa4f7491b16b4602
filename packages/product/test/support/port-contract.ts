import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId, type Queryable } from '@twinstore/platform';
import type { Quotes, Stock } from '../../src/index.ts';
import { details, newSku, stocked, stockOf } from './products.ts';

export interface Opened {
  readonly products: Quotes & Stock;
  /** The database behind it. */
  readonly sql: Queryable;
  close(): Promise<void>;
}

/** What every way to reach the products has to do. */
export function portContract(name: string, open: () => Promise<Opened>): void {
  describe(`quotes and stock, ${name}`, () => {
    let opened: Opened;
    beforeAll(async () => (opened = await open()));
    afterAll(() => opened.close());

    it('quote what is in the catalog, as of now, and leave the rest out', async () => {
      const { products, sql } = opened;
      const sku = newSku();
      await stocked(sql, sku, 4, { name: 'Kettle "A" \u2713', price: details().price });
      const quote = { sku, name: 'Kettle "A" \u2713', price: { amount: 4900, currency: 'USD' }, available: 4 };
      expect(await products.quote([sku, 'unknown', sku])).toEqual([quote]);
      expect(await products.quote([])).toEqual([]);
    });

    it('take an order from reserved to sold and back', async () => {
      const { products, sql } = opened;
      const sku = newSku();
      await stocked(sql, sku, 4);
      const order = newId();
      expect(await products.reserve(order, [{ sku, quantity: 3 }])).toEqual({ ok: true, value: null });
      expect(await products.quote([sku])).toMatchObject([{ available: 1 }]);
      expect(await products.commit(order)).toBeUndefined();
      expect(await stockOf(sql, sku)).toMatchObject({ reserved: 0, sold: 3 });
      expect(await products.giveBack(order)).toBeUndefined();
      expect(await stockOf(sql, sku)).toMatchObject({ on_hand: 4, returned: 3 });
    });

    it('refuse what is not there, with the names of what fell short', async () => {
      const { products, sql } = opened;
      const sku = newSku();
      await stocked(sql, sku, 1);
      const refusal = { ok: false, error: { code: 'out-of-stock', skus: [sku] } };
      expect(await products.reserve(newId(), [{ sku, quantity: 2 }])).toEqual(refusal);
    });

    it('add up lines of the same product', async () => {
      const { products, sql } = opened;
      const sku = newSku();
      await stocked(sql, sku, 3);
      const line = { sku, quantity: 2 };
      expect((await products.reserve(newId(), [line, line])).ok).toBe(false);
    });

    it('fail to commit what was never reserved', async () => {
      await expect(opened.products.commit(newId())).rejects.toThrow();
    });

    it('hold nothing for an order that was given back before its reservation came', async () => {
      const { products, sql } = opened;
      const sku = newSku();
      await stocked(sql, sku, 3);
      const order = newId();
      await products.giveBack(order);
      expect((await products.reserve(order, [{ sku, quantity: 1 }])).ok).toBe(false);
      await products.giveBack(order);
      expect(await stockOf(sql, sku)).toMatchObject({ on_hand: 3, reserved: 0 });
    });
  });
}
