import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Announcement } from '@twinstore/contracts';
import { money } from '@twinstore/kernel';
import { inTransaction, newId } from '@twinstore/platform';
import {
  describeWithPostgres,
  startProvider,
  throwawayDatabase,
  type RunningProvider,
  type ThrowawayDatabase,
} from '@twinstore/testing';
import {
  openPaymentProvider,
  paymentMigrations,
  paymentReactions,
  payments,
  paymentWork,
  postgresLedger,
  postgresRequests,
  type ConnectedProvider,
  type Payments,
} from '../src/index.ts';

const total = money(4299);
const shopper = newId();
const lines = [{ sku: 'A', quantity: 1 }];

describeWithPostgres('the payment service, driven by events', () => {
  let database: ThrowawayDatabase;
  let provider: RunningProvider;
  let client: ConnectedProvider;
  let said: Announcement[] = [];

  beforeAll(async () => {
    [database, provider] = await Promise.all([throwawayDatabase([paymentMigrations]), startProvider()]);
    client = openPaymentProvider(provider.url);
  });
  afterEach(async () => {
    said = [];
    await provider.behave({});
  });
  afterAll(async () => {
    await client.close();
    await Promise.all([database.close(), provider.close()]);
  });

  const requests = () => postgresRequests(database.db);
  const hears = () => paymentReactions(requests());
  const placed = (orderId: string, paymentToken = 'tok_visa') => ({ orderId, shopper, lines, total, paymentToken });

  /** What it says in a transaction is said if that commits. */
  const work = (orderId: string, asked: Payments = payments(postgresLedger(database.db), client)): Promise<void> =>
    paymentWork({
      requests: requests(),
      payments: asked,
      async atomically(act) {
        const mine: Announcement[] = [];
        await inTransaction(database.db, (tx) =>
          act(postgresRequests(tx), async (announcements) => void mine.push(...announcements)),
        );
        said.push(...mine);
      },
    })(orderId);

  const asked = async (paymentToken = 'tok_visa') => {
    const orderId = newId();
    await hears()['order.placed.v1'](placed(orderId, paymentToken));
    expect(await hears()['stock.reserved.v1']({ orderId })).toEqual([]);
    return orderId;
  };
  const outcomes = async (orderId: string) => (await provider.journal(orderId)).map(({ outcome }) => outcome);
  const captured = (orderId: string) => ({ type: 'payment.captured.v1', data: { orderId } });
  const refunded = (orderId: string) => ({ type: 'payment.refunded.v1', data: { orderId } });
  const failed = (orderId: string, because: string) => ({ type: 'payment.failed.v1', data: { orderId, because } });

  it('charges an order once its stock is held, and not before', async () => {
    const orderId = newId();
    await hears()['order.placed.v1'](placed(orderId));
    await work(orderId);
    expect(await outcomes(orderId)).toEqual([]);
    await hears()['stock.reserved.v1']({ orderId });
    await work(orderId);
    expect(await outcomes(orderId)).toEqual(['captured']);
    expect(said).toEqual([captured(orderId)]);
  });

  it('charges an order whose stock it heard of first, once it knows the amount', async () => {
    const orderId = newId();
    await hears()['stock.reserved.v1']({ orderId });
    await work(orderId);
    expect(said).toEqual([]);
    await hears()['order.placed.v1'](placed(orderId));
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
  });

  it('charges once and says so once when ten work on it at the same time', async () => {
    const orderId = await asked();
    const real = payments(postgresLedger(database.db), client);
    const all = meeting(10);
    const abreast = {
      ...real,
      charge: (...args: Parameters<Payments['charge']>) => all().then(() => real.charge(...args)),
    };
    await Promise.all(Array.from({ length: 10 }, () => work(orderId, abreast)));
    expect(await outcomes(orderId)).toEqual(['captured']);
    expect(said).toEqual([captured(orderId)]);
  });

  it('says again how a charge ended whenever it hears again that the stock is held', async () => {
    const [bought, declined] = [await asked(), await asked('tok_declined')];
    await work(bought);
    await work(declined);
    expect(await hears()['stock.reserved.v1']({ orderId: bought })).toEqual([captured(bought)]);
    const failure = failed(declined, 'payment_declined');
    expect(await hears()['stock.reserved.v1']({ orderId: declined })).toEqual([failure]);
    expect(said).toEqual([captured(bought), failure]);
  });

  it('asks again, and says nothing, while the provider refuses; then charges', async () => {
    const orderId = await asked();
    await provider.behave({ unavailable: true });
    await work(orderId);
    await work(orderId);
    expect(said).toEqual([]);
    expect((await requests().find(orderId))?.failingSince).toBeDefined();
    await provider.behave({});
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
  });

  it('gives up after 18 s of refusals, for certain: nothing is charged any more', async () => {
    const orderId = await asked('tok_unavailable');
    await work(orderId);
    await longAgo(orderId);
    await work(orderId);
    expect(said).toEqual([failed(orderId, 'payment_unavailable')]);
    expect(await client.charge(orderId, total, 'tok_visa')).toBe('voided');
  });

  it('finds out, when it gives up, that it was charged after all', async () => {
    const orderId = await asked();
    await provider.behave({ lostAnswerRate: 1 });
    await work(orderId);
    await longAgo(orderId);
    expect(said).toEqual([]);
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
    expect(await outcomes(orderId)).toEqual(['captured']);
  });

  it('says what the provider did before a crash, and has it done once', async () => {
    const orderId = await asked();
    const real = payments(postgresLedger(database.db), client);
    const dying: Payments = {
      ...real,
      async charge(...args) {
        await real.charge(...args);
        throw new Error('crashed');
      },
    };
    await expect(work(orderId, dying)).rejects.toThrow('crashed');
    expect(said).toEqual([]);
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
    expect(await outcomes(orderId)).toEqual(['captured']);
  });

  it('settles nothing that it could not say', async () => {
    const orderId = await asked();
    const mute = paymentWork({
      requests: requests(),
      payments: payments(postgresLedger(database.db), client),
      atomically: (act) =>
        inTransaction(database.db, (tx) => act(postgresRequests(tx), () => Promise.reject(new Error('unsaid')))),
    });
    await expect(mute(orderId)).rejects.toThrow('unsaid');
    expect(await requests().find(orderId)).toMatchObject({ charge: 'open' });
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
  });

  it('charges nothing for an order that was rejected, whenever it hears of that', async () => {
    const [before, after] = [newId(), newId()];
    await hears()['order.rejected.v1']({ orderId: before, reason: 'out_of_stock' });
    await hears()['order.placed.v1'](placed(before));
    await hears()['order.placed.v1'](placed(after));
    await hears()['order.rejected.v1']({ orderId: after, reason: 'out_of_stock' });
    for (const orderId of [before, after]) {
      await work(orderId);
      expect(await outcomes(orderId)).toEqual([]);
      expect((await requests().find(orderId))?.order).toBeUndefined();
    }
  });

  it('pays a canceled order back once, however often it is told, and says so each time', async () => {
    const orderId = await asked();
    await work(orderId);
    const about = { orderId };
    for (let turn = 0; turn < 3; turn += 1) expect(await hears()['order.canceled.v1'](about)).toEqual([]);
    const real = payments(postgresLedger(database.db), client);
    const all = meeting(5);
    const abreast = { ...real, refund: (id: string) => all().then(() => real.refund(id)) };
    await Promise.all(Array.from({ length: 5 }, () => work(orderId, abreast)));
    expect(await hears()['order.canceled.v1'](about)).toEqual([refunded(orderId)]);
    expect(await outcomes(orderId)).toEqual(['captured', 'refunded']);
    expect(said).toEqual([captured(orderId), refunded(orderId)]);
  });

  it('pays back when the provider is there again', async () => {
    const orderId = await asked();
    await work(orderId);
    await hears()['order.canceled.v1']({ orderId });
    await provider.behave({ unavailable: true });
    await work(orderId);
    expect(said).toEqual([captured(orderId)]);
    await provider.behave({});
    await work(orderId);
    expect(said).toEqual([captured(orderId), refunded(orderId)]);
  });

  it('pays back what was charged by a call', async () => {
    const orderId = newId();
    await payments(postgresLedger(database.db), client).charge(orderId, total, 'tok_visa');
    await hears()['order.canceled.v1']({ orderId });
    await work(orderId);
    expect(said).toEqual([refunded(orderId)]);
    expect(await outcomes(orderId)).toEqual(['captured', 'refunded']);
  });

  const longAgo = (orderId: string) =>
    database.db.query(
      `update payment.requests set failing_since = failing_since - interval '18 s' where order_id = $1`,
      [orderId],
    );
});

/** Those who call it wait for each other: none goes on before so many have come. */
function meeting(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = size;
  return () => {
    missing -= 1;
    if (missing === 0) resolve();
    return promise;
  };
}
