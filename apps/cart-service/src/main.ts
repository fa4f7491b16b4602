import { cartReactions, carts, cartRoutes, exposeCarts, openCarts } from '@twinstore/cart';
import {
  createApp,
  discovery,
  exposeSpans,
  identifyService,
  loadConfig,
  messagingSettings,
  openMessagingWithoutOutbox,
  openUpstream,
  peerSettings,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
} from '@twinstore/platform';
import { httpProducts } from '@twinstore/product';

const config = loadConfig('cart-service', {
  CARTS_URL: setting.cartsUrl,
  PRODUCT_URL: setting.serviceUrl('http://localhost:8091'),
  ...peerSettings,
  ...messagingSettings,
});

await startApp('cart-service', config, {
  async serve({ log, metrics, health }) {
    const db = await openCarts(config.CARTS_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const tokens = serviceTokens(config.SERVICE_SECRET, 'cart-service');
    const peer = (name: string, url: string) => openUpstream(name, discovery(config.DISCOVERY, url, log), tokens);
    const identify = identifyService(tokens);
    const product = peer('product', config.PRODUCT_URL);
    const cart = carts(db.store, httpProducts(product));

    health.checks = { carts: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: cartRoutes(cart),
      extra: [exposeCarts(cart, identify), exposeSpans(identify)],
    });
    const server = await serveHttp(config, app, health);
    const messaging = await openMessagingWithoutOutbox({
      service: 'cart',
      url: config.RABBITMQ_URL,
      namespace: config.MESSAGE_NAMESPACE,
      ready: db.ping,
      reactions: cartReactions(cart),
      log,
      metrics,
    });
    return [server, messaging, product, db];
  },
});
