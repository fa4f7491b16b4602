import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  createApp,
  createLogger,
  createMetrics,
  identifyService,
  newId,
  serveHttp,
  serviceTokens,
  type RunningServer,
} from '@twinstore/platform';
import {
  describeWithPostgres,
  throwawayDatabase,
  startProvider,
  type RunningProvider,
  type ThrowawayDatabase,
} from '@twinstore/testing';
import {
  paymentMigrations,
  exposePayments,
  openPaymentProvider,
  payments,
  postgresLedger,
  type ConnectedProvider,
} from '../src/index.ts';

describeWithPostgres('what payments cost, as Server-Timing tells it', () => {
  const tokens = serviceTokens('a secret of this test alone', 'test');
  const amount = { amount: 999, currency: 'USD' };
  let database: ThrowawayDatabase;
  let provider: RunningProvider;
  let client: ConnectedProvider;
  let server: RunningServer;

  beforeAll(async () => {
    [database, provider] = await Promise.all([throwawayDatabase([paymentMigrations]), startProvider()]);
    client = openPaymentProvider(provider.url);
    const identify = identifyService(tokens);
    const health = { checks: {}, closing: false };
    const app = createApp({
      log: createLogger('payment-test', 'silent'),
      metrics: createMetrics('payment-test'),
      health,
      identify,
      trustsDeadline: true,
      bindings: [],
      extra: [exposePayments(payments(postgresLedger(database.db), client), identify)],
    });
    server = await serveHttp({ PORT: 0 }, app, health);
  });
  afterAll(async () => {
    await server.close();
    await client.close();
    await Promise.all([database.close(), provider.close()]);
  });

  async function costOf(method: string, ...args: unknown[]): Promise<string | undefined> {
    const response = await fetch(`http://127.0.0.1:${server.port}/internal/payments/${method}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokens.issue({ shopper: undefined, admin: false })}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(args),
    });
    await response.text();
    expect(response.status).toBe(200);
    return /sql.*/.exec(response.headers.get('server-timing') ?? '')?.[0];
  }

  it('is two statements and one call for a charge, one statement for a known one', async () => {
    const orderId = newId();
    expect(await costOf('charge', orderId, amount, 'tok_visa')).toBe('sql;desc="2", calls;desc="1"');
    expect(await costOf('charge', orderId, amount, 'tok_visa')).toBe('sql;desc="1", calls;desc="0"');
    expect(await costOf('refund', orderId)).toBe('sql;desc="2", calls;desc="1"');
    expect(await costOf('refund', orderId)).toBe('sql;desc="1", calls;desc="0"');
  });

  it('is one statement and one call to give a charge up', async () => {
    expect(await costOf('abandon', newId())).toBe('sql;desc="1", calls;desc="1"');
  });

  it('is two calls where the first answer was lost', async () => {
    expect(await costOf('charge', newId(), amount, 'tok_timeout')).toBe('sql;desc="2", calls;desc="2"');
  });

  it('refuses a caller without a token of the store', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/internal/payments/refund`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '["x"]',
    });
    expect(response.status).toBe(401);
    await response.text();
  });
});
