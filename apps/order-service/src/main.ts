import { httpCarts } from '@twinstore/cart';
import {
  asGatewayAsks,
  checkoutRoutes,
  choreograph,
  exposeOrderBook,
  exposeOrderWatch,
  keyCleaner,
  orchestrate,
  orderEventRoutes,
  orderMigrations,
  orderReactions,
  orderRoutes,
  postgresOrderBook,
  postgresOrderQueries,
  postgresOrderWatch,
  postgresOverdue,
  reconciler,
} from '@twinstore/order';
import { httpPayments } from '@twinstore/payment';
import { httpProducts } from '@twinstore/product';
import {
  createApp,
  discovery,
  exposeSpans,
  identifyService,
  inTransaction,
  loadConfig,
  messagingMigrations,
  messagingSettings,
  migrate,
  newId,
  openMessaging,
  openPostgres,
  openUpstream,
  peerSettings,
  postgresOutbox,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
  type Queryable,
} from '@twinstore/platform';

const config = loadConfig('order-service', {
  POSTGRES_URL: setting.postgresUrl('order'),
  PRODUCT_URL: setting.serviceUrl('http://localhost:8091'),
  CART_URL: setting.serviceUrl('http://localhost:8092'),
  PAYMENT_URL: setting.serviceUrl('http://localhost:8094'),
  ...peerSettings,
  ...messagingSettings,
});

await startApp('order-service', config, {
  prepare: () => migrate(config.POSTGRES_URL, [orderMigrations, messagingMigrations]),

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const tokens = serviceTokens(config.SERVICE_SECRET, 'order-service');
    const peer = (name: string, url: string) => openUpstream(name, discovery(config.DISCOVERY, url, log), tokens);
    const identify = identifyService(tokens);
    const product = peer('product', config.PRODUCT_URL);
    const cart = peer('cart', config.CART_URL);
    const payment = peer('payment', config.PAYMENT_URL);

    const book = postgresOrderBook(db);
    const queries = postgresOrderQueries(db);
    const watch = postgresOrderWatch(config.POSTGRES_URL, book, log);
    const carts = httpCarts(cart);
    const products = httpProducts(product);
    // Style `direct`: this service calls its peers. Also what finishes the orders that a crashed gateway left behind.
    const direct = orchestrate({
      orders: book,
      watch,
      carts,
      products,
      payments: httpPayments(payment),
      newId,
      onFailure: (error) => log.warn({ err: error }, 'a checkout stopped and will be resumed'),
    });
    // Style `choreographed`: it says what became of the order, in the same transaction, and reacts to what others say.
    const evented = (sql: Queryable) => postgresOrderBook(sql, 'events');
    const choreographed = choreograph({
      atomically: (work) => inTransaction(db, (tx) => work(evented(tx), postgresOutbox(tx, '/order-service').announce)),
      orders: evented(db),
      watch,
      carts,
      quotes: products,
      newId,
    });
    const checkouts = asGatewayAsks({ direct, choreographed: config.RABBITMQ_URL ? choreographed : undefined });

    health.checks = { postgres: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: [...orderRoutes(queries), ...orderEventRoutes(queries, watch), ...checkoutRoutes(checkouts)],
      extra: [exposeOrderBook(book, identify), exposeOrderWatch(watch, identify), exposeSpans(identify)],
    });
    const server = await serveHttp(config, app, health);
    const messaging = await openMessaging({
      service: 'order',
      url: config.RABBITMQ_URL,
      namespace: config.MESSAGE_NAMESPACE,
      databaseUrl: config.POSTGRES_URL,
      db,
      reactions: (tx) => orderReactions(evented(tx)),
      log,
      metrics,
    });
    const overdue = postgresOverdue(db, 'calls');
    const background = [
      reconciler(overdue, direct, log),
      reconciler(postgresOverdue(db, 'events'), choreographed, log),
      keyCleaner(overdue, log),
    ];
    // Whoever waits for an order hears how it stands now, before the server waits for all that is in hand.
    return [watch, server, ...background, messaging, direct, product, cart, payment, db];
  },
});
