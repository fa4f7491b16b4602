import type { DoorName } from '@twinstore/local';

/** A change of one text; it has to be in the file exactly once, or the mutant is out of date. */
interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A store with one fault made on purpose. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** Titles (or parts of them) of the behaviors that should notice; the audit of a crowd is asked in any case. */
  readonly behaviors: readonly string[];
  /** Doors that show the fault; each has to be caught at it. Default: one of each architecture. */
  readonly doors?: readonly DoorName[];
}

const stock = 'packages/product/src/adapters/postgres-stock.ts';
const transact = 'packages/order/src/application/transact.ts';
const orchestrate = 'packages/order/src/application/orchestrate.ts';
const orderBook = 'packages/order/src/adapters/postgres-book.ts';
const orderQueries = 'packages/order/src/adapters/postgres-queries.ts';
const orderEvents = 'packages/order/src/adapters/event-routes.ts';
const orderRoutes = 'packages/order/src/adapters/routes.ts';
const order = 'packages/order/src/domain/order.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'sells what is not there',
    patches: [
      { file: stock, find: ' or k.on_hand < w.quantity', replace: '' },
      {
        file: 'packages/product/migrations/0001_products.sql',
        find: 'default 0 check (on_hand >= 0)',
        replace: 'default 0',
      },
    ],
    behaviors: ['sells three units to exactly three of eight'],
  },
  {
    name: 'charges twice when an answer is lost',
    patches: [
      {
        file: 'packages/payment/src/adapters/provider-client.ts',
        find: 'const second = await exchange(pool, url, path, body, read, onLost);',
        replace:
          'const second = await exchange(pool, url, path, { ...body, key: String(Math.random()) }, read, onLost);',
      },
    ],
    behaviors: [],
  },
  {
    name: 'empties the cart when the card is declined',
    patches: [
      {
        file: transact,
        find: "if (outcome !== 'captured') {",
        replace: "if (outcome !== 'captured') { await modules.carts.takeOut(shopper, id, items);",
      },
      {
        file: orchestrate,
        find: "case 'declined':",
        replace: "case 'declined': await carts.takeOut((await orders.find(id)).shopper, id, items);",
      },
    ],
    behaviors: ['rejects an order paid with tok_declined, frees the stock and leaves the cart alone'],
  },
  {
    name: 'acknowledges the second line of a cart and loses it',
    patches: [
      {
        file: 'packages/cart/src/application/carts.ts',
        find: 'const changed = await store.set(shopper, sku, quantity);',
        replace: `const had = await store.read(shopper);
      const changed = had.lines.length === 0
        ? await store.set(shopper, sku, quantity)
        : ok({ lines: [...had.lines, { sku, quantity }], version: had.version + 1 });`,
      },
    ],
    behaviors: ['shows lines, line totals, subtotal and count'],
  },
  {
    name: 'ignores the idempotency key',
    patches: [{ file: orderRoutes, find: "key: headers['idempotency-key'],", replace: 'key: String(Math.random()),' }],
    behaviors: ['gives the same order when it is sent twice', 'gives a rejected order again'],
  },
  {
    name: 'lets a double click buy twice',
    patches: [
      { file: orderBook, find: 'where s.turn = $3 and s.open_order is null', replace: 'where $3::bigint is not null' },
    ],
    behaviors: ['never buys twice, though each click has a key of its own'],
  },
  {
    name: 'answers 202 and forgets',
    patches: [
      { file: transact, find: 'const driving = isNew\n', replace: 'const driving = false\n' },
      { file: orchestrate, find: 'const driving = isNew\n', replace: 'const driving = false\n' },
      { file: 'packages/order/src/application/reconcile.ts', find: 'for (;;) {', replace: 'while (false) {' },
    ],
    behaviors: [],
  },
  {
    name: 'believes the total that the client names',
    patches: [
      {
        file: order,
        find: "return err({ code: 'price-changed', total })",
        replace: 'return ok({ lines, total: expected })',
      },
    ],
    behaviors: ['says what the total is now when it is not the expected one'],
  },
  {
    name: 'cancels without a refund',
    patches: [
      {
        file: transact,
        find: "if ((await provider.refund(id, total)) === 'unknown') return orders.postpone(id);",
        replace: '',
      },
      { file: orchestrate, find: "(await payments.refund(order.id)) === 'refunded'", replace: 'true' },
    ],
    behaviors: [],
  },
  {
    name: 'keeps the stock of what was canceled',
    patches: [{ file: stock, find: "r.state in ('reserved', 'committed')", replace: "r.state in ('reserved')" }],
    behaviors: [],
  },
  {
    name: 'leaves what was bought in the cart',
    patches: [
      { file: transact, find: 'await modules.carts.takeOut(shopper, id, items);', replace: '' },
      {
        file: orchestrate,
        find: '[products.commit(order.id), carts.takeOut(undertaking.shopper, order.id, order.items)]',
        replace: '[products.commit(order.id)]',
      },
    ],
    behaviors: ['has taken the units from the stock, and the lines from the cart, when it answers paid'],
  },
  {
    name: "shows another shopper's order",
    patches: [
      {
        file: orderQueries,
        find: 'where o.id = $1 and o.shopper_id = $2',
        replace: 'where o.id = $1 and $2::uuid is not null',
      },
    ],
    behaviors: [
      "answer one and the same 404 for another shopper's, an unknown and a malformed id",
      "are not to be had of another shopper's, an unknown or a malformed id, nor without a session",
    ],
  },
  {
    name: 'lets clients come back for ever to an order that is over',
    patches: [{ file: orderEvents, find: "headers['last-event-id'] === present.status", replace: 'false' }],
    behaviors: ['have an id for each state, the same on every stream'],
  },
  {
    name: 'tells how an order begins, and not how it ends',
    patches: [{ file: orderEvents, find: 'if (sink) tell(sink, order);', replace: 'if (sink) sink.end();' }],
    behaviors: ['follow a slow checkout from its present state to its end', 'reach everyone of two hundred who listen'],
  },
  {
    name: 'asks for the price of each line by itself',
    patches: [
      {
        file: 'packages/cart/src/application/carts.ts',
        find: 'quotes.quote(skus)',
        replace: 'Promise.all(skus.map((sku) => quotes.quote([sku]))).then((all) => all.flat())',
      },
    ],
    behaviors: ['a cart of 5 lines costs what it is said to'],
  },
];
