import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, createLogger, createMetrics, type Database, type Identify } from '@twinstore/platform';
import { exposeProducts, postgresProducts, productImages, productRoutes, products } from '../../src/index.ts';

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** The module's whole HTTP side on a free port. */
export async function served(db: Database, identify: Identify): Promise<Served> {
  const module = products(postgresProducts(db));
  const app = createApp({
    log: createLogger('product-test', 'silent'),
    metrics: createMetrics('product-test'),
    health: { checks: {}, closing: false },
    identify,
    bindings: productRoutes(module),
    extra: [exposeProducts(module, identify), productImages(module, identify)],
    trustsDeadline: false,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
