import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import {
  openPaymentProvider,
  paymentMigrations,
  postgresLedger,
  postgresRequests,
  type ConnectedProvider,
} from '@twinstore/payment';
import { newId } from '@twinstore/platform';
import {
  describeWithPostgres,
  startProvider,
  throwawayDatabase,
  type RunningProvider,
  type ThrowawayDatabase,
} from '@twinstore/testing';
import fc from 'fast-check';
import { stoppedClock } from './choreography/clock.ts';
import { modelLedger, modelRequests, noPayments } from './choreography/payment.ts';
import { modelProvider, openedProvider } from './choreography/provider.ts';
import { same, trial } from './choreography/same.ts';

describeWithPostgres('the models of the choreography test do what the real ones do:', () => {
  let database: ThrowawayDatabase;
  let running: RunningProvider;
  let provider: ConnectedProvider;
  beforeAll(async () => {
    [database, running] = await Promise.all([throwawayDatabase([paymentMigrations]), startProvider()]);
    provider = openPaymentProvider(running.url);
  });
  afterAll(async () => {
    await provider.close();
    await Promise.all([running.close(), database.close()]);
  });

  it('the payment requests', async () => {
    const ids = [newId(), newId()] as const;
    const settlement = fc.constantFrom('captured' as const, 'declined' as const, 'voided' as const);
    const does = fc.constantFrom(
      ...(['askCharge', 'stockHeld', 'drop', 'askRefund', 'find', 'settle', 'markRefunded', 'postpone'] as const),
      ...(['postpone', 'claim', 'time passes'] as const),
    );
    const step = fc.record({ does, of: fc.nat(1), settlement, ms: fc.constantFrom(400, 600, 9000) });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), (steps) =>
      trial(database.db, async (tx) => {
        const [state, clock] = [noPayments(), stoppedClock()];
        const stores = [modelRequests(state, clock), postgresRequests(tx)] as const;
        for (const { does, of, settlement, ms } of steps) {
          const id = ids[of] as string;
          if (does === 'time passes') {
            clock.now += ms;
            await tx.query(
              `update payment.requests set due_at = due_at - $1::integer * interval '1 millisecond',
                 failing_since = failing_since - $1::integer * interval '1 millisecond'`,
              [ms],
            );
            continue;
          }
          await same(stores, async (requests) => {
            if (does === 'askCharge') return requests.askCharge(id, money(500), 'tok_visa');
            if (does === 'settle') return requests.settle(id, settlement);
            return does === 'claim' ? (await requests.claim(10)).toSorted() : requests[does](id);
          });
        }
        const { rows } = await tx.query(
          `select order_id, token, stock_held, charge, refund, attempts,
             round(extract(epoch from due_at - now()) * 1000)::integer as due,
             round(extract(epoch from now() - failing_since) * 1000)::integer as failing
           from payment.requests`,
        );
        expect(new Set(rows)).toEqual(
          new Set(
            [...state.requests].map(([order_id, entry]) => ({
              order_id,
              token: entry.token ?? null,
              stock_held: entry.stockHeld,
              charge: entry.charge,
              refund: entry.refund,
              attempts: entry.attempts,
              due: entry.dueAt === undefined ? null : entry.dueAt - clock.now,
              failing: entry.failingSince === undefined ? null : clock.now - entry.failingSince,
            })),
          ),
        );
      }),
    );
    await fc.assert(property, { numRuns: 250 });
  });

  it('the ledger', async () => {
    const step = fc.constantFrom('open', 'find', 'captured', 'declined', 'voided', 'markRefunded');
    const property = fc.asyncProperty(fc.array(step, { maxLength: 8, size: 'max' }), async (steps) => {
      const id = newId();
      const ledgers = [modelLedger(noPayments()), postgresLedger(database.db)] as const;
      for (const does of steps) {
        await same(ledgers, (ledger) => {
          if (does === 'open') return ledger.open(id, money(500));
          return does === 'find' || does === 'markRefunded' ? ledger[does](id) : ledger.settle(id, does);
        });
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('the payment provider', async () => {
    const token = fc.constantFrom('tok_visa', 'tok_visa', 'tok_declined', 'tok_unavailable');
    const step = fc.constantFrom('charge', 'charge', 'void', 'refund');
    const property = fc.asyncProperty(token, fc.array(step, { maxLength: 6, size: 'max' }), async (token, steps) => {
      const id = newId();
      const state = openedProvider();
      for (const does of steps) {
        await same([modelProvider(state, () => {}), provider], (asked) => {
          if (does === 'charge') return asked.charge(id, money(500), token);
          return does === 'void' ? asked.void(id) : asked.refund(id, money(500));
        });
      }
      const outcomes = (await running.journal(id)).map(({ outcome }) => outcome).filter((one) => one !== 'declined');
      expect(outcomes).toEqual([
        ...(state.captured.has(id) ? ['captured'] : []),
        ...(state.refunded.has(id) ? ['refunded'] : []),
      ]);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
