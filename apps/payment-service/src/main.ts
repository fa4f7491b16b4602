import {
  exposePayments,
  openPaymentProvider,
  paymentMigrations,
  paymentReactions,
  payments,
  paymentWorker,
  postgresLedger,
  postgresRequests,
} from '@twinstore/payment';
import {
  createApp,
  exposeSpans,
  identifyService,
  inTransaction,
  loadConfig,
  messagingMigrations,
  messagingSettings,
  migrate,
  openMessaging,
  openPostgres,
  postgresOutbox,
  serveHttp,
  serviceTokens,
  setting,
  startApp,
} from '@twinstore/platform';

const config = loadConfig('payment-service', {
  POSTGRES_URL: setting.postgresUrl('payment'),
  PROVIDER_URL: setting.httpUrl('http://localhost:8070'),
  SERVICE_SECRET: setting.secret,
  ...messagingSettings,
});

await startApp('payment-service', config, {
  prepare: () => migrate(config.POSTGRES_URL, [paymentMigrations, messagingMigrations]),

  async serve({ log, metrics, health }) {
    const db = openPostgres(config.POSTGRES_URL, (error) => log.warn({ err: error }, 'lost a database connection'));
    const identify = identifyService(serviceTokens(config.SERVICE_SECRET, 'payment-service'));
    const provider = openPaymentProvider(config.PROVIDER_URL, (error) =>
      log.warn({ err: error }, 'an answer of the payment provider did not come'),
    );

    const payment = payments(postgresLedger(db), provider);

    // Not the provider: while it is down, this service still has to say that nothing is known.
    health.checks = { postgres: db.ping };
    const app = createApp({
      log,
      metrics,
      health,
      identify,
      trustsDeadline: true,
      bindings: [],
      extra: [exposePayments(payment, identify), exposeSpans(identify)],
    });
    const server = await serveHttp(config, app, health);
    const messaging = await openMessaging({
      service: 'payment',
      url: config.RABBITMQ_URL,
      namespace: config.MESSAGE_NAMESPACE,
      databaseUrl: config.POSTGRES_URL,
      db,
      reactions: (tx) => paymentReactions(postgresRequests(tx)),
      log,
      metrics,
    });
    // What the reactions have written down is done here: no transaction, and no message, waits for the provider.
    const worker = paymentWorker({
      payments: payment,
      atomically: (work) =>
        inTransaction(db, (tx) => work(postgresRequests(tx), postgresOutbox(tx, '/payment-service').announce)),
      db,
      databaseUrl: config.POSTGRES_URL,
      log,
    });
    return [server, messaging, worker, provider, db];
  },
});
