import { carts, cartMigrations, postgresCarts, type ShoppingCarts } from '@twinstore/cart';
import { money } from '@twinstore/kernel';
import { openPaymentProvider, paymentMigrations, payments, postgresLedger } from '@twinstore/payment';
import { postgresProducts, productMigrations, products, type Catalog, type Quotes } from '@twinstore/product';
import { createLogger, inTransaction, newId, type Queryable } from '@twinstore/platform';
import { startProvider, throwawayDatabase, type RunningProvider } from '@twinstore/testing';
import { orchestrate, type OrchestrateParts } from '../src/application/orchestrate.ts';
import type { Checkout, OrderBook, Overdue } from '../src/application/ports.ts';
import { reconcile } from '../src/application/reconcile.ts';
import { transact, type TransactModules } from '../src/application/transact.ts';
import { orderMigrations, postgresOrderBook, postgresOrderWatch, postgresOverdue } from '../src/index.ts';

/** A store without its HTTP side: every module over one real database, and the real payment provider. */
export interface Shop {
  readonly catalog: Catalog & Quotes;
  readonly carts: ShoppingCarts;
  readonly book: OrderBook;
  readonly overdue: Overdue;
  readonly provider: RunningProvider;
  /** A product of a price in cents, with so many units. */
  addProduct(amount: number, units: number): Promise<string>;
  /** A checkout of the style, of which `sabotage` may break the parts. */
  checkout(sabotage?: Sabotage): Checkout;
  /** Lets the reconciler work, time and again, until nothing is left to do. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Wraps one method of a port: called instead of it, with what would have been done. */
export type Sabotage = (step: string, act: () => Promise<unknown>) => Promise<unknown>;

export type Style = 'transaction' | 'orchestrated';

const modules = (sql: Queryable) => {
  const product = products(postgresProducts(sql));
  return {
    products: product,
    carts: carts(postgresCarts(sql), product),
    orders: postgresOrderBook(sql),
    ledger: postgresLedger(sql),
  };
};

export async function openShop(style: Style): Promise<Shop> {
  const database = await throwawayDatabase([productMigrations, cartMigrations, orderMigrations, paymentMigrations]);
  const { db } = database;
  const running = await startProvider();
  const provider = openPaymentProvider(running.url);
  const { products: product, carts, orders, ledger } = modules(db);
  const watch = postgresOrderWatch(database.url, orders, createLogger('test', 'silent'));

  const checkout = (sabotage: Sabotage = (_step, act) => act()): Checkout => {
    const common = { newId, onFailure: () => {} };
    const broken = <P extends object>(name: string, port: P): P => wrap(name, port, sabotage);
    if (style === 'orchestrated') {
      const parts: OrchestrateParts = {
        ...common,
        orders: broken('orders', orders),
        watch: broken('watch', watch),
        carts: broken('carts', carts),
        products: broken('products', product),
        payments: broken('payments', payments(ledger, provider)),
      };
      return orchestrate(parts);
    }
    return transact({
      ...common,
      // A transaction is one step: broken before it began, or after it committed.
      atomically: <T>(work: (parts: TransactModules) => Promise<T>) =>
        sabotage('transaction', () => inTransaction(db, (tx) => work(modules(tx)))) as Promise<T>,
      orders: broken('orders', orders),
      watch: broken('watch', watch),
      provider: broken('provider', provider),
    });
  };

  return {
    catalog: product,
    carts,
    book: orders,
    overdue: postgresOverdue(db),
    provider: running,
    checkout,
    async addProduct(amount, units) {
      const sku = `P-${newId()}`;
      await product.put(sku, {
        name: sku,
        description: '',
        category: 'test',
        price: money(amount),
        image: undefined,
        attributes: {},
      });
      if (units > 0) await product.changeStock({ sku, delta: units, idempotencyKey: undefined });
      return sku;
    },
    async settle() {
      const resumed = checkout();
      for (let round = 0; round < 100; round += 1) {
        // As if the grace time had passed.
        await db.query(`update orders.orders set due_at = now() where due_at is not null`);
        await reconcile(postgresOverdue(db), resumed, () => {});
        const { rows } = await db.query<{ open: number }>(
          `select count(*) as open from orders.orders where due_at is not null`,
        );
        if (rows[0]?.open === 0) return;
      }
      throw new Error('orders are still open after 100 rounds');
    },
    async close() {
      await watch.close();
      await provider.close();
      await running.close();
      await database.close();
    },
  };
}

function wrap<P extends object>(name: string, port: P, sabotage: Sabotage): P {
  return Object.fromEntries(
    Object.entries(port).map(([method, act]) => [
      method,
      (...args: unknown[]) =>
        sabotage(`${name}.${method}`, () => (act as (...args: unknown[]) => Promise<unknown>)(...args)),
    ]),
  ) as P;
}
