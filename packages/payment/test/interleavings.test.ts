import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { money } from '@twinstore/kernel';
import { newId } from '@twinstore/platform';
import {
  describeWithPostgres,
  throwawayDatabase,
  startProvider,
  type RunningProvider,
  type ThrowawayDatabase,
} from '@twinstore/testing';
import {
  paymentMigrations,
  openPaymentProvider,
  payments,
  postgresLedger,
  type ConnectedProvider,
  type PaymentLedger,
  type PaymentProvider,
} from '../src/index.ts';

class Crash extends Error {}

/** What befalls a driver right after the provider did what it was asked. */
const fate = fc.constantFrom('fine', 'fine', 'fine', 'answer lost', 'crash');
const token = fc.constantFrom('tok_visa', 'tok_visa', 'tok_visa', 'tok_declined', 'tok_unavailable');
const deed = fc.record({ does: fc.constantFrom('charge', 'charge', 'charge', 'abandon', 'refund', 'refund'), fate });
/** One who drives an order: does one thing after the other, until a crash. */
const driver = fc.array(deed, { minLength: 1, maxLength: 3 });

describeWithPostgres('payments driven by several at once', () => {
  let database: ThrowawayDatabase;
  let provider: RunningProvider;
  let client: ConnectedProvider;
  const amount = money(2500);

  beforeAll(async () => {
    [database, provider] = await Promise.all([throwawayDatabase([paymentMigrations]), startProvider()]);
    client = openPaymentProvider(provider.url);
  });
  afterAll(async () => {
    await client.close();
    await Promise.all([database.close(), provider.close()]);
  });

  it('capture at most once and agree on the outcome, in whatever order their steps come', async () => {
    const seen = { captured: 0, voided: 0, declined: 0, crashed: 0, refunded: 0 };
    const property = fc.asyncProperty(
      fc.scheduler(),
      token,
      fc.array(driver, { minLength: 2, maxLength: 4 }),
      async (scheduler, card, drivers) => {
        const orderId = newId();
        const settlements: string[] = [];
        const carryOut = async ({ does, fate }: (typeof drivers)[number][number]) => {
          const driven = payments(scheduledLedger(scheduler), scheduledProvider(scheduler, fate));
          if (does === 'refund') return void (await driven.refund(orderId));
          const outcome =
            does === 'charge' ? await driven.charge(orderId, amount, card) : await driven.abandon(orderId);
          if (outcome !== 'refused' && outcome !== 'unknown') settlements.push(outcome);
        };
        const drive = async (deeds: (typeof drivers)[number]) => {
          try {
            for (const each of deeds) await carryOut(each);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            seen.crashed += 1;
          }
        };
        await scheduler.waitFor(Promise.all(drivers.map(drive)));

        const after = payments(postgresLedger(database.db), client);
        const settlement = await after.abandon(orderId);
        expect(new Set([...settlements, settlement])).toEqual(new Set([settlement]));
        const before = await provider.journal(orderId);
        expect(before.filter(({ outcome }) => outcome === 'captured')).toHaveLength(settlement === 'captured' ? 1 : 0);

        await after.refund(orderId);
        const money = (await provider.journal(orderId)).filter(({ outcome }) => outcome !== 'declined');
        expect(money.map(({ outcome }) => outcome)).toEqual(settlement === 'captured' ? ['captured', 'refunded'] : []);
        const record = await postgresLedger(database.db).find(orderId);
        if (record) expect(record).toMatchObject({ state: settlement, refunded: settlement === 'captured' });
        if (settlement !== 'unknown') seen[settlement] += 1;
        if (before.some(({ outcome }) => outcome === 'refunded')) seen.refunded += 1;
      },
    );
    await fc.assert(property, { numRuns: 150 });
    // The property says little of what never came up.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  const scheduledLedger = (scheduler: fc.Scheduler): PaymentLedger => {
    const ledger = postgresLedger(database.db);
    return {
      open: async (...args) => (await scheduler.schedule(Promise.resolve(), 'open'), ledger.open(...args)),
      find: async (...args) => (await scheduler.schedule(Promise.resolve(), 'find'), ledger.find(...args)),
      settle: async (...args) => (await scheduler.schedule(Promise.resolve(), 'settle'), ledger.settle(...args)),
      markRefunded: async (...args) => (
        await scheduler.schedule(Promise.resolve(), 'mark'),
        ledger.markRefunded(...args)
      ),
    };
  };

  const scheduledProvider = (scheduler: fc.Scheduler, fate: string): PaymentProvider => {
    const step = async <T>(name: string, ask: () => Promise<T>): Promise<T | 'unknown'> => {
      await scheduler.schedule(Promise.resolve(), name);
      const answer = await ask();
      if (fate === 'crash') throw new Crash();
      return fate === 'answer lost' ? 'unknown' : answer;
    };
    return {
      charge: (...args) => step('charge', () => client.charge(...args)),
      void: (...args) => step('void', () => client.void(...args)),
      refund: (...args) => step('refund', () => client.refund(...args)),
    };
  };
});
