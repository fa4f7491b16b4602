import {
  createApp,
  createLogger,
  createMetrics,
  identifyService,
  openUpstream,
  serveHttp,
  serviceTokens,
} from '@twinstore/platform';
import { exposePayments, httpPayments, openPaymentProvider, payments, postgresLedger } from '../src/index.ts';
import { paymentsContract, type OpenPayments } from './payments-contract.ts';

const inProcess: OpenPayments = async ({ db }, { url }) => {
  const provider = openPaymentProvider(url);
  return { payments: payments(postgresLedger(db), provider), close: provider.close };
};

const overHttp: OpenPayments = async (database, provider) => {
  const served = await inProcess(database, provider);
  const tokens = serviceTokens('a secret of this test alone', 'test');
  const identify = identifyService(tokens);
  const health = { checks: {}, closing: false };
  const app = createApp({
    log: createLogger('payment-test', 'silent'),
    metrics: createMetrics('payment-test'),
    health,
    identify,
    trustsDeadline: true,
    bindings: [],
    extra: [exposePayments(served.payments, identify)],
  });
  const server = await serveHttp({ PORT: 0 }, app, health);
  const upstream = openUpstream('payment', `http://127.0.0.1:${server.port}`, tokens);
  return {
    payments: httpPayments(upstream),
    async close() {
      await upstream.close();
      await server.close();
      await served.close();
    },
  };
};

paymentsContract('in process', inProcess);
paymentsContract('over HTTP', overHttp);
