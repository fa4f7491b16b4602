import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { newId } from '@twinstore/platform';
import { describeWithPostgres } from '@twinstore/testing';
import { openShop, type Shop, type Style } from './shop.ts';

const address = { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' };

for (const style of ['transaction', 'orchestrated'] as const satisfies Style[]) {
  describeWithPostgres(`checkout while the payment provider is in trouble, style ${style}`, () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await openShop(style);
    });
    afterEach(() => shop.provider.behave({}));
    afterAll(() => shop.close());

    /** Orders two of three units for 12.00, and does not wait for the outcome. */
    async function place() {
      const [shopper, sku] = [newId(), await shop.addProduct(600, 3)];
      await shop.carts.setItem(shopper, sku, 2);
      const checkout = shop.checkout();
      const placed = await checkout.place(
        {
          shopper,
          key: newId(),
          bodyDigest: 'the only one',
          paymentToken: 'tok_visa',
          shippingAddress: address,
          expectedTotal: undefined,
        },
        0,
      );
      await checkout.close();
      if (!placed.ok) throw new Error(placed.error.code);
      return { id: placed.value.id, shopper, sku };
    }

    const standing = async ({ id, sku, shopper }: { id: string; sku: string; shopper: string }) => ({
      status: (await shop.book.find(id))?.order.status,
      charges: (await shop.provider.journal(id)).map(({ outcome, amount }) => [outcome, amount.amount]),
      left: (await shop.catalog.find(sku))?.available,
      inCart: (await shop.carts.lines(shopper)).length,
    });

    const paidOnce = { status: 'paid', charges: [['captured', 1200]], left: 1, inCart: 0 };

    it('pays once when every answer was lost for a while', async () => {
      await shop.provider.behave({ lostAnswerRate: 1 });
      const order = await place();
      expect(await standing(order)).toMatchObject({ status: 'pending', charges: [['captured', 1200]] });
      await shop.provider.behave({});
      await shop.settle();
      expect(await standing(order)).toEqual(paidOnce);
    });

    it('pays once when the provider was out of order for a while', async () => {
      await shop.provider.behave({ unavailable: true });
      const order = await place();
      expect(await standing(order)).toMatchObject({ status: 'pending', charges: [] });
      await shop.provider.behave({});
      await shop.settle();
      expect(await standing(order)).toEqual(paidOnce);
    });

    it('pays back once when the answers to the refund were lost for a while', async () => {
      const order = await place();
      await shop.settle();
      await shop.provider.behave({ lostAnswerRate: 1 });
      const canceling = shop.checkout();
      await canceling.cancel(order.shopper, order.id);
      await canceling.close();
      await shop.provider.behave({});
      await shop.settle();
      expect(await standing(order)).toMatchObject({
        status: 'canceled',
        charges: [
          ['captured', 1200],
          ['refunded', 1200],
        ],
        left: 3,
      });
    });
  });
}
