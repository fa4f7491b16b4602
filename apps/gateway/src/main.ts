import { httpCarts } from '@twinstore/cart';
import { routes } from '@twinstore/contracts';
import { checkoutRoutes, httpOrderBook, httpOrderWatch, orchestrate } from '@twinstore/order';
import { httpPayments } from '@twinstore/payment';
import { httpProducts } from '@twinstore/product';
import {
  bindProxies,
  cookieSessions,
  createApp,
  discovery,
  documents,
  frontDoorSettings,
  frontRoutes,
  identifyPublic,
  loadConfig,
  newId,
  openUpstream,
  peerSettings,
  proxyPath,
  rateLimit,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
  storefront,
  traces,
} from '@twinstore/platform';

const config = loadConfig('gateway', {
  ...frontDoorSettings,
  CHECKOUT: setting.oneOf(['orchestrated', 'direct', 'choreographed']),
  PRODUCT_URL: setting.serviceUrl('http://localhost:8091'),
  CART_URL: setting.serviceUrl('http://localhost:8092'),
  ORDER_URL: setting.serviceUrl('http://localhost:8093'),
  PAYMENT_URL: setting.serviceUrl('http://localhost:8094'),
  ...peerSettings,
});

/** What `vite build` makes of apps/storefront. */
const shop = new URL('../../storefront/dist/', import.meta.url);

await startApp('gateway', config, {
  async serve({ log, metrics, health }) {
    const tokens = serviceTokens(config.SERVICE_SECRET, 'gateway');
    const peer = (name: string, url: string) => openUpstream(name, discovery(config.DISCOVERY, url, log), tokens);
    const product = peer('product', config.PRODUCT_URL);
    const cart = peer('cart', config.CART_URL);
    const order = peer('order', config.ORDER_URL);
    const payment = peer('payment', config.PAYMENT_URL);

    const watch = httpOrderWatch(order);
    // The same function as in the order service; here each step is a call to the service that owns it.
    const checkout = orchestrate({
      orders: httpOrderBook(order),
      watch,
      carts: httpCarts(cart),
      products: httpProducts(product),
      payments: httpPayments(payment),
      newId,
      onFailure: (error) => log.warn({ err: error }, 'a checkout stopped; the order service will resume it'),
    });
    const orchestrated = config.CHECKOUT === 'orchestrated' ? checkoutRoutes(() => checkout) : [];

    health.checks = { product: product.seen, cart: cart.seen, order: order.seen, payment: payment.seen };
    const app = createApp({
      log,
      metrics,
      health,
      identify: identifyPublic(cookieSessions(config.SESSION_SECRET), config.ADMIN_TOKEN),
      trustsDeadline: false,
      trustProxy: config.TRUST_PROXY,
      guard: rateLimit(config.RATE_LIMIT),
      bindings: [
        ...frontRoutes({ architecture: 'microservices', checkout: config.CHECKOUT }),
        ...orchestrated,
        // In the other styles the order service is the one that checks out: by calls or by events, as this door tells it.
        ...bindProxies(Object.values(routes), { product, cart, order }, orchestrated, {
          'x-checkout': config.CHECKOUT,
        }),
      ],
      extra: [
        proxyPath('/images/{file}', product),
        documents(),
        storefront({
          log,
          config,
          name: config.CHECKOUT,
          build: shop,
          traces: traces([product, cart, order, payment]),
        }),
      ],
    });
    const server = await serveHttp(config, app, health);
    // Whoever waits for an order hears how it stands now, before the server waits for all that is in hand.
    return [watch, server, checkout, product, cart, order, payment];
  },
});
