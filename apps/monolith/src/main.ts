import { cartMigrations, cartRoutes, carts, postgresCarts } from '@twinstore/cart';
import {
  checkoutRoutes,
  keyCleaner,
  orderEventRoutes,
  orderMigrations,
  orderRoutes,
  postgresOrderBook,
  postgresOrderQueries,
  postgresOrderWatch,
  postgresOverdue,
  reconciler,
  transact,
} from '@twinstore/order';
import { openPaymentProvider, paymentMigrations, postgresLedger } from '@twinstore/payment';
import {
  postgresProducts,
  productImages,
  productMigrations,
  productRoutes,
  products,
  seedProducts,
} from '@twinstore/product';
import {
  cookieSessions,
  createApp,
  documents,
  frontDoorSettings,
  frontRoutes,
  identifyPublic,
  inTransaction,
  loadConfig,
  migrate,
  newId,
  openPostgres,
  rateLimit,
  serveHttp,
  setting,
  startApp,
  storefront,
  traced,
  traces,
  type Queryable,
} from '@twinstore/platform';

const config = loadConfig('monolith', {
  ...frontDoorSettings,
  POSTGRES_URL: setting.postgresUrl('monolith'),
  PROVIDER_URL: setting.httpUrl('http://localhost:8070'),
  SEED_PRODUCTS: setting.wholeNumber(0, 1_000_000, 1000),
});

/** What `vite build` makes of apps/storefront. */
const shop = new URL('../../storefront/dist/', import.meta.url);

/** Every module over one connection: the pool to serve requests, an open transaction to check out. */
const modules = (sql: Queryable) => {
  const product = traced('product', products(postgresProducts(sql)));
  return {
    products: product,
    carts: traced('cart', carts(postgresCarts(sql), product)),
    orders: traced('order', postgresOrderBook(sql)),
    ledger: traced('payment', postgresLedger(sql)),
  };
};

await startApp('monolith', config, {
  async prepare() {
    await migrate(config.POSTGRES_URL, [productMigrations, cartMigrations, orderMigrations, paymentMigrations]);
    await seedProducts(config.POSTGRES_URL, config.SEED_PRODUCTS);
  },

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const provider = openPaymentProvider(config.PROVIDER_URL, (error) =>
      log.warn({ err: error }, 'an answer of the payment provider did not come'),
    );
    const { products, carts, orders } = modules(db);
    const queries = traced('order', postgresOrderQueries(db));
    const watch = postgresOrderWatch(config.POSTGRES_URL, orders, log);

    const checkout = transact({
      // Every module over one `tx`: what they change commits together or not at all.
      atomically: (work) => inTransaction(db, (tx) => work(modules(tx))),
      orders,
      watch,
      provider,
      newId,
      onFailure: (error) => log.warn({ err: error }, 'a checkout stopped and will be resumed'),
    });

    health.checks = { postgres: db.ping };
    const identify = identifyPublic(cookieSessions(config.SESSION_SECRET), config.ADMIN_TOKEN);
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: false,
      trustProxy: config.TRUST_PROXY,
      guard: rateLimit(config.RATE_LIMIT),
      bindings: [
        ...frontRoutes({ architecture: 'monolith', checkout: 'transaction' }),
        ...productRoutes(products),
        ...cartRoutes(carts),
        ...orderRoutes(queries),
        ...orderEventRoutes(queries, watch),
        ...checkoutRoutes(() => checkout),
      ],
      extra: [
        productImages(products, identify),
        documents(),
        storefront({ log, config, name: 'monolith', build: shop, traces: traces() }),
      ],
    });
    const server = await serveHttp(config, app, health);
    // Whoever waits for an order hears how it stands now, before the server waits for all that is in hand.
    const overdue = postgresOverdue(db);
    const background = [reconciler(overdue, checkout, log), keyCleaner(overdue, log)];
    return [watch, server, ...background, checkout, provider, db];
  },
});
