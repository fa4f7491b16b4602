import {
  createApp,
  identifyService,
  loadConfig,
  migrate,
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
  productRoutes,
  products,
  seedProducts,
} from '@twinstore/product';

const config = loadConfig('product-service', {
  POSTGRES_URL: setting.postgresUrl('product'),
  SERVICE_SECRET: setting.secret,
  SEED_PRODUCTS: setting.wholeNumber(0, 1_000_000, 1000),
});

await startApp('product-service', config, {
  async prepare() {
    await migrate(config.POSTGRES_URL, [productMigrations]);
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
      extra: [exposeProducts(product, identify), productImages(product, identify)],
    });
    const server = await serveHttp(config, app, health);
    return [server, db];
  },
});
