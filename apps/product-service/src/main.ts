import {
  createApp,
  exposeSpans,
  identifyService,
  loadConfig,
  messagingMigrations,
  messagingSettings,
  migrate,
  openMessaging,
  openPostgres,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
} from '@twinstore/platform';
import {
  exposeProducts,
  postgresProducts,
  productImages,
  productMigrations,
  productReactions,
  productRoutes,
  products,
  seedProducts,
} from '@twinstore/product';

const config = loadConfig('product-service', {
  POSTGRES_URL: setting.postgresUrl('product'),
  SERVICE_SECRET: setting.secret,
  ...messagingSettings,
  SEED_PRODUCTS: setting.wholeNumber(0, 1_000_000, 1000),
});

await startApp('product-service', config, {
  async prepare() {
    await migrate(config.POSTGRES_URL, [productMigrations, messagingMigrations]);
    await seedProducts(config.POSTGRES_URL, config.SEED_PRODUCTS);
  },

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const identify = identifyService(serviceTokens(config.SERVICE_SECRET, 'product-service'));
    const product = products(postgresProducts(db));

    health.checks = { postgres: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: productRoutes(product),
      extra: [exposeProducts(product, identify), productImages(product, identify), exposeSpans(identify)],
    });
    const server = await serveHttp(config, app, health);
    const messaging = await openMessaging({
      service: 'product',
      url: config.RABBITMQ_URL,
      namespace: config.MESSAGE_NAMESPACE,
      databaseUrl: config.POSTGRES_URL,
      db,
      reactions: (tx) => productReactions(products(postgresProducts(tx))),
      log,
      metrics,
    });
    return [server, messaging, db];
  },
});
