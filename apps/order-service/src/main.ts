import { httpCarts } from '@twinstore/cart';
import {
  checkoutRoutes,
  exposeOrderBook,
  orchestrate,
  orderMigrations,
  orderRoutes,
  postgresOrderBook,
  postgresOrderQueries,
  postgresOverdue,
  reconciler,
} from '@twinstore/order';
import { httpPayments } from '@twinstore/payment';
import { httpProducts } from '@twinstore/product';
import {
  createApp,
  discovery,
  identifyService,
  loadConfig,
  migrate,
  newId,
  openPostgres,
  openUpstream,
  peerSettings,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
} from '@twinstore/platform';

const config = loadConfig('order-service', {
  POSTGRES_URL: setting.postgresUrl('order'),
  PRODUCT_URL: setting.serviceUrl('http://localhost:8091'),
  CART_URL: setting.serviceUrl('http://localhost:8092'),
  PAYMENT_URL: setting.serviceUrl('http://localhost:8094'),
  ...peerSettings,
});

await startApp('order-service', config, {
  prepare: () => migrate(config.POSTGRES_URL, [orderMigrations]),

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const tokens = serviceTokens(config.SERVICE_SECRET, 'order-service');
    const peer = (name: string, url: string) => openUpstream(name, discovery(config.DISCOVERY, url, log), tokens);
    const identify = identifyService(tokens);
    const product = peer('product', config.PRODUCT_URL);
    const cart = peer('cart', config.CART_URL);
    const payment = peer('payment', config.PAYMENT_URL);

    const book = postgresOrderBook(db);
    // Style `direct`: this service calls its peers. Also what finishes the orders that a crashed gateway left behind.
    const checkout = orchestrate({
      orders: book,
      carts: httpCarts(cart),
      products: httpProducts(product),
      payments: httpPayments(payment),
      newId,
      onFailure: (error) => log.warn({ err: error }, 'a checkout stopped and will be resumed'),
    });

    health.checks = { postgres: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: [...orderRoutes(postgresOrderQueries(db)), ...checkoutRoutes(checkout)],
      extra: [exposeOrderBook(book, identify)],
    });
    const server = await serveHttp(config, app, health);
    return [server, reconciler(postgresOverdue(db), checkout, log), checkout, product, cart, payment, db];
  },
});
