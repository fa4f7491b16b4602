import { createApp, createLogger, createMetrics, serveHttp, type Binding, type Identify } from '@twinstore/platform';

type Extra = Parameters<typeof createApp>[0]['extra'];

/** An app on a free port of this machine. */
export async function served(identify: Identify, bindings: readonly Binding[], extra: Extra = []) {
  const health = { checks: {}, closing: false };
  const log = createLogger('cart-test', 'silent');
  const metrics = createMetrics('cart-test');
  const app = createApp({ log, metrics, health, identify, bindings, extra, trustsDeadline: true });
  const server = await serveHttp({ PORT: 0 }, app, health);
  return { url: `http://127.0.0.1:${server.port}`, close: server.close };
}
