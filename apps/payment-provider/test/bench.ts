import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import {
  providerRoutes,
  storeClient,
  type Answer,
  type BehaviorChange,
  type ChargeRequest,
  type JournalEntry,
} from '@twinstore/contracts';
import { money } from '@twinstore/kernel';
import { app, freePort, type Proc } from '@twinstore/local';
import { newId } from '@twinstore/platform';
import { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from '@twinstore/testing';

type Reply<Name extends keyof typeof providerRoutes> = Promise<Answer<(typeof providerRoutes)[Name]>>;

/** The provider as a real process with a database of its own, for the tests of one file. */
export interface Bench {
  readonly provider: Proc;
  charge(request: ChargeRequest): Reply<'charge'>;
  void(key: string): Reply<'voidCharge'>;
  /** Pays back a charge, whole unless told otherwise. */
  refund(charge: ChargeRequest, changed?: { key?: string; chargeKey?: string; amount?: number }): Reply<'refund'>;
  behave(behavior: Parameters<typeof BehaviorChange.parse>[0]): Reply<'putBehavior'>;
  behavior(): Reply<'getBehavior'>;
  journal(query?: { orderId?: string; cursor?: string }): Reply<'readJournal'>;
  outcomesOf(orderId: string): Promise<JournalEntry['outcome'][]>;
}

/** A new order's charge. */
export const order = (token: ChargeRequest['token'] = 'tok_visa', amount = 1999): ChargeRequest => {
  const orderId = newId();
  return { key: `charge-${orderId}`, orderId, amount: money(amount), token };
};

/** The tests of `tests` share one provider, which is well again after each of them. */
export function describeProvider(title: string, tests: (bench: Bench) => void): void {
  describeWithPostgres(title, () => {
    let database: ThrowawayDatabase;
    let provider: Proc;
    let logDir: string;

    beforeAll(async () => {
      database = await throwawayDatabase([]);
      logDir = await mkdtemp(join(tmpdir(), 'provider-test-'));
      // Clones would each have a behavior of their own: the provider makes none, also when told to.
      const env = { POSTGRES_URL: database.url, LOG_LEVEL: 'warn', WORKERS: '3' };
      provider = app({ app: 'payment-provider', port: await freePort(), env, logDir });
      await provider.start();
    });
    afterEach(async () => {
      await client().call(providerRoutes.putBehavior, { body: {} });
    });
    afterAll(async () => {
      await provider.stop();
      await database.close();
      await rm(logDir, { recursive: true });
    });

    const client = () => storeClient(provider.url);
    const journal: Bench['journal'] = (query = {}) => client().call(providerRoutes.readJournal, { query });
    tests({
      get provider() {
        return provider;
      },
      charge: (body) => client().call(providerRoutes.charge, { body }),
      void: (key) => client().call(providerRoutes.voidCharge, { params: { key } }),
      refund: ({ key: chargeKey, orderId, amount }, changed = {}) => {
        const body = {
          key: `refund-${orderId}`,
          orderId,
          chargeKey,
          ...changed,
          amount: money(changed.amount ?? amount.amount),
        };
        return client().call(providerRoutes.refund, { body });
      },
      behave: (behavior) => client().call(providerRoutes.putBehavior, { body: behavior as object }),
      behavior: () => client().call(providerRoutes.getBehavior),
      journal,
      async outcomesOf(orderId) {
        const answer = await journal({ orderId });
        if (!answer.ok) throw new Error(answer.problem.title);
        return answer.body.items.map(({ outcome }) => outcome);
      },
    });
  });
}
