import { exposePayments, openPaymentProvider, paymentMigrations, payments, postgresLedger } from '@twinstore/payment';
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

const config = loadConfig('payment-service', {
  POSTGRES_URL: setting.postgresUrl('payment'),
  PROVIDER_URL: setting.httpUrl('http://localhost:8070'),
  SERVICE_SECRET: setting.secret,
});

await startApp('payment-service', config, {
  prepare: () => migrate(config.POSTGRES_URL, [paymentMigrations]),

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const identify = identifyService(serviceTokens(config.SERVICE_SECRET, 'payment-service'));
    const provider = openPaymentProvider(config.PROVIDER_URL, (error) =>
      log.warn({ err: error }, 'an answer of the payment provider did not come'),
    );

    // Not the provider: while it is down, this service still has to say that nothing is known.
    health.checks = { postgres: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: [],
      extra: [exposePayments(payments(postgresLedger(db), provider), identify)],
    });
    const server = await serveHttp(config, app, health);
    return [server, provider, db];
  },
});
