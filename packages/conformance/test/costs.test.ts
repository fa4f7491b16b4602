import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes, type Meta } from '@twinstore/contracts';
import {
  closeConnections,
  shopper,
  stockRoom,
  success,
  type CheckoutWishes,
  type Door,
  type Shopper,
  until,
} from '../src/index.ts';

/**
 * What a request takes, all processes together: `statements/calls`. A statement is one of PostgreSQL's (`begin` and
 * `commit` too) or a command of MongoDB's. A call is one to another process of the store or to the payment provider,
 * whose own statements are not ours. Nothing here may grow with the lines of a cart or with what else goes on.
 */
const costs = {
  // transaction, orchestrated, direct, choreographed (of which only what happens before the answer can be counted)
  'a product': ['1/0', '1/1', '1/1', '1/1'],
  'the categories': ['1/0', '1/1', '1/1', '1/1'],
  'a page of the list': ['1/0', '1/1', '1/1', '1/1'],
  'the next page': ['1/0', '1/1', '1/1', '1/1'],
  'a page of a search': ['1/0', '1/1', '1/1', '1/1'],
  'the cart of a new visitor': ['0/0', '0/1', '0/1', '0/1'],
  'a cart without lines': ['1/0', '1/1', '1/1', '1/1'],
  'a cart of 1 line': ['2/0', '2/2', '2/2', '2/2'],
  'a cart of 5 lines': ['2/0', '2/2', '2/2', '2/2'],
  'a cart of 40 lines': ['2/0', '2/2', '2/2', '2/2'],
  'a first line': ['3/0', '3/2', '3/2', '3/2'],
  'a change in a cart of 1 line': ['3/0', '3/2', '3/2', '3/2'],
  'a change in a cart of 5 lines': ['3/0', '3/2', '3/2', '3/2'],
  'a change in a cart of 40 lines': ['3/0', '3/2', '3/2', '3/2'],
  'a line taken out of 5': ['2/0', '2/2', '2/2', '2/2'],
  'a checkout of 1 line': ['15/1', '11/11', '11/8', '8/3'],
  'a checkout of 5 lines': ['15/1', '11/11', '11/8', '8/3'],
  'a checkout of 40 lines': ['15/1', '11/11', '11/8', '8/3'],
  'a checkout that is declined': ['13/1', '9/9', '9/7', '8/3'],
  'a checkout out of stock': ['8/0', '6/6', '6/4', '8/3'],
  'a checkout of an empty cart': ['5/0', '3/3', '3/2', '3/2'],
  'a checkout sent again': ['3/0', '1/1', '1/1', '2/1'],
  'an order': ['1/0', '1/1', '1/1', '1/1'],
  'the list of orders': ['1/0', '1/1', '1/1', '1/1'],
  'a cancellation': ['9/1', '6/6', '6/4', '5/1'],
  'a cancellation sent again': ['6/0', '3/2', '3/1', '5/1'],
} as const;

type Request = keyof typeof costs;

/** Where carts are in MongoDB: a cart is made by a command of its own, once (packages/cart, mongo-store.ts). */
const costsWithMongo: Partial<Record<Request, readonly [string, string, string, string]>> = {
  'a first line': ['3/0', '4/2', '4/2', '4/2'],
};

const styles = [
  'transaction',
  'orchestrated',
  'direct',
  'choreographed',
] as const satisfies readonly Meta['checkout'][];

const REPETITIONS = 5;
const MOST_LINES = 40;

const { TEST_DOORS, TEST_MONGODB_URL, TEST_PROVIDER_URL = '', TEST_ADMIN_TOKEN = 'demo-admin' } = process.env;

if (TEST_DOORS === undefined) {
  it.skip('no store to measure: TEST_DOORS is not set', () => {});
} else {
  for (const { name, url } of JSON.parse(TEST_DOORS) as Pick<Door, 'name' | 'url'>[]) {
    pinCosts({ name, url, providerUrl: TEST_PROVIDER_URL, adminToken: TEST_ADMIN_TOKEN });
  }
  afterAll(closeConnections);
}

function pinCosts(door: Door): void {
  describe(`behind the door "${door.name}"`, () => {
    const room = stockRoom(door);
    const visitor = shopper(door);
    const skus: string[] = [];
    let style: (typeof styles)[number];
    let empty: string;

    beforeAll(async () => {
      const { checkout } = success(await visitor.call(routes.getMeta));
      const known = styles.find((one) => one === checkout);
      if (!known) throw new Error(`nothing is pinned for ${checkout}`);
      style = known;
      const products = Array.from({ length: MOST_LINES }, () => room.add({ stock: 1000 }));
      skus.push(...(await Promise.all(products)).map(({ sku }) => sku));
      empty = (await room.add({ stock: 0 })).sku;
    }, 30_000);

    /** A shopper with so many different products in her cart. */
    async function withLines(count: number): Promise<Shopper> {
      const one = shopper(door);
      const [first, ...others] = skus.slice(0, count);
      await one.put(first ?? '', 2);
      await Promise.all(others.map((sku) => one.put(sku, 1)));
      return one;
    }

    async function checkedOut(one: Shopper, outcome: string, wishes: CheckoutWishes = {}) {
      // Waits for the outcome however slow the machine is: looking for it now and then would be counted.
      const answer = await one.checkout({ prefer: 'wait=30', ...wishes });
      const { id, status, reason } = success(answer);
      expect(reason ?? status).toBe(outcome);
      return { ...answer, id };
    }

    const bought = async () => {
      const one = await withLines(1);
      return { one, ...(await checkedOut(one, 'paid')) };
    };
    const putInto = (count: number) => async () => {
      const one = await withLines(count);
      return one.call(routes.putCartItem, { params: { sku: skus[0] ?? '' }, body: { quantity: 7 } });
    };
    const cartOf = (count: number) => async () => (await withLines(count)).call(routes.getCart);
    const checkoutOf = (count: number) => async () => checkedOut(await withLines(count), 'paid');

    const requests: Record<Request, () => Promise<{ readonly headers: Headers }>> = {
      'a product': () => visitor.call(routes.getProduct, { params: { sku: skus[0] ?? '' } }),
      'the categories': () => visitor.call(routes.listCategories),
      'a page of the list': () => visitor.call(routes.listProducts),
      'the next page': async () => {
        const { nextCursor } = success(await visitor.call(routes.listProducts, { query: { limit: 2, sort: 'name' } }));
        return visitor.call(routes.listProducts, { query: { limit: 2, sort: 'name', cursor: nextCursor ?? '' } });
      },
      'a page of a search': () => visitor.call(routes.listProducts, { query: { q: 'kettle' } }),
      'the cart of a new visitor': () => visitor.call(routes.getCart),
      'a cart without lines': async () => {
        const one = await withLines(1);
        success(await one.call(routes.clearCart));
        return one.call(routes.getCart);
      },
      'a cart of 1 line': cartOf(1),
      'a cart of 5 lines': cartOf(5),
      'a cart of 40 lines': cartOf(MOST_LINES),
      'a first line': () =>
        shopper(door).call(routes.putCartItem, { params: { sku: skus[0] ?? '' }, body: { quantity: 1 } }),
      'a change in a cart of 1 line': putInto(1),
      'a change in a cart of 5 lines': putInto(5),
      'a change in a cart of 40 lines': putInto(MOST_LINES),
      'a line taken out of 5': async () =>
        (await withLines(5)).call(routes.deleteCartItem, { params: { sku: skus[0] ?? '' } }),
      'a checkout of 1 line': checkoutOf(1),
      'a checkout of 5 lines': checkoutOf(5),
      'a checkout of 40 lines': checkoutOf(MOST_LINES),
      'a checkout that is declined': async () =>
        checkedOut(await withLines(1), 'payment_declined', { token: 'tok_declined' }),
      'a checkout out of stock': async () => {
        const one = await withLines(1);
        await one.put(empty, 1);
        return checkedOut(one, 'out_of_stock');
      },
      'a checkout of an empty cart': async () => {
        const one = await withLines(1);
        success(await one.call(routes.clearCart));
        return one.checkout();
      },
      'a checkout sent again': async () => {
        const [one, key] = [await withLines(1), randomUUID()];
        await checkedOut(one, 'paid', { key });
        return checkedOut(one, 'paid', { key });
      },
      'an order': async () => {
        const { one, id } = await bought();
        return one.call(routes.getOrder, { params: { id } });
      },
      'the list of orders': async () => (await bought()).one.call(routes.listOrders),
      'a cancellation': async () => {
        const { one, id } = await bought();
        return one.cancel(id);
      },
      'a cancellation sent again': async () => {
        const { one, id } = await bought();
        success(await one.cancel(id));
        if (style !== 'choreographed') return one.cancel(id);
        // By events it goes on after the answer, and until it is over it is said again, which is a statement more.
        const isOver = ({ headers }: { headers: Headers }) => costOf(headers) !== '6/1';
        return until('the cancellation is over', 10_000, () => one.cancel(id), isOver);
      },
    };

    it.each(Object.keys(costs) as Request[])('%s costs what it is said to, every time', async (name) => {
      const measured: string[] = [];
      for (let n = 0; n < REPETITIONS; n += 1) measured.push(costOf((await requests[name]()).headers));
      const pinned = ((TEST_MONGODB_URL && costsWithMongo[name]) || costs[name])[styles.indexOf(style)];
      expect(measured).toEqual(Array(REPETITIONS).fill(pinned));
    });
  });
}

/** Statements and calls that an answer reports. */
function costOf(headers: Headers): string {
  const found = /sql;desc="(\d+)", calls;desc="(\d+)"/.exec(headers.get('server-timing') ?? '');
  return found ? `${found[1]}/${found[2]}` : 'not reported';
}
