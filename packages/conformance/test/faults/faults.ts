import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PaymentToken } from '@twinstore/contracts';
import type { DoorName, Proc } from '@twinstore/local';
import { chanceFrom } from '../../src/chance.ts';
import { gatherCrowd, type Crowd } from '../../src/crowd.ts';
import { closeConnections, journal, netOf } from '../../src/index.ts';
import { sayTwice } from './duplicates.ts';
import { missingFor, startOwnStore, type OwnStore } from './own-store.ts';
import { insightInto, type Insight } from './insight.ts';

/** FAULT_SEED repeats a run: the same carts and cards, the same moments. */
const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1e9));

const services = ['product-service', 'cart-service', 'order-service', 'payment-service', 'payment-provider'];
const processesOf: Readonly<Record<DoorName, readonly string[]>> = {
  monolith: ['monolith', 'payment-provider'],
  orchestrated: ['gateway-orchestrated', ...services],
  direct: ['gateway-direct', ...services],
  choreographed: ['gateway-choreographed', ...services, 'rabbitmq'],
};

const CROWD = 300;
const DOWN_MS = 1000;
/** The contract's recovery time, from the moment when the fault has ended. */
const RECOVERY_MS = 15_000;

const cards: readonly PaymentToken[] = [
  ...Array<PaymentToken>(15).fill('tok_visa'),
  ...Array<PaymentToken>(3).fill('tok_declined'),
  ...Array<PaymentToken>(2).fill('tok_timeout'),
];

/** What the store behind a door owes its shoppers when one of its processes is killed, or asked to stop. */
export function faultBehaviors(style: DoorName): void {
  const missing = missingFor(style);
  const describeStore = missing ? describe.skip : describe;
  const why = missing ? `skipped: ${missing}` : `FAULT_SEED=${seed}`;

  describeStore(`the store behind the door "${style}" (${why})`, () => {
    let store: OwnStore;
    let insight: Insight;
    let duplicates: ReturnType<typeof sayTwice> | undefined;
    beforeAll(async () => {
      store = await startOwnStore(style);
      insight = insightInto(store, style);
      if (store.broker) duplicates = sayTwice(store.broker.url, store.broker.namespace, chanceFrom(seed + 99));
    }, 60_000);
    afterAll(async () => {
      await duplicates?.close();
      await insight?.close();
      await store?.close();
      await closeConnections();
    }, 30_000);

    it.each(processesOf[style].map((name, n) => [name, n] as const))(
      `keeps every promise when %s is killed amid ${CROWD} checkouts and started again`,
      async (name, n) => {
        const chance = chanceFrom(seed + n);
        const crowd = await gatherCrowd(store.door, { size: CROWD, chance, tokens: cards });
        const victim = name === 'rabbitmq' ? store.broker : store.processes[name];
        if (!victim) throw new Error(`there is no process ${name}`);

        const { checkouts, reached } = checkOut(crowd, 5 + chance(0.7 * CROWD));
        await reached;
        await victim.kill();
        await sleep(DOWN_MS);
        await victim.start();
        const deadline = Date.now() + RECOVERY_MS;
        crowd.giveUpAt(deadline);
        await checkouts;

        expect(await restBy(deadline)).toEqual([]);
        expect(await crowd.audit()).toEqual([]);
        expect(await unclaimedCharges()).toEqual([]);
        expect(duplicates?.copies()).not.toBe(0);
      },
      90_000,
    );

    it('loses no accepted order when the door is asked to stop amid 100 checkouts', async () => {
      const chance = chanceFrom(seed - 1);
      const crowd = await gatherCrowd(store.door, {
        size: 100,
        chance,
        tokens: ['tok_visa', 'tok_visa', 'tok_declined'],
      });
      const door = store.processes[processesOf[style][0] as string] as Proc;

      const { checkouts, reached } = checkOut(crowd, 5 + chance(60));
      await reached;
      const ended = new Promise<string>((resolve) => door.onDeath(resolve));
      process.kill(door.pid as number, 'SIGTERM');
      expect(await ended).toBe('exit code 0');
      // What it had in hand when it was asked is done, by itself: nobody else would look after it so soon.
      expect(await insight.pendingOrders()).toBe(0);
      await door.start();
      const deadline = Date.now() + RECOVERY_MS;
      crowd.giveUpAt(deadline);
      await checkouts;

      expect(await restBy(deadline)).toEqual([]);
      expect(await crowd.audit()).toEqual([]);
    }, 90_000);

    /** Waits until nothing is left to do. Answers what is, once the deadline has passed. */
    async function restBy(deadline: number): Promise<readonly string[]> {
      for (;;) {
        const left = await insight.unfinished();
        if (left.length === 0 || Date.now() > deadline) return left;
        await sleep(200);
      }
    }

    /** Orders that the provider holds money for, though the store does not know them as paid. */
    async function unclaimedCharges(): Promise<readonly string[]> {
      const entries = Map.groupBy(await journal(store.door.providerUrl), ({ orderId }) => orderId);
      const charged = [...entries].filter(([, all]) => netOf(all) !== 0).map(([orderId]) => orderId);
      const paid = new Set(await insight.paidAmong(charged));
      return charged.filter((id) => !paid.has(id));
    }
  });
}

/** Starts all checkouts; `reached` tells when so many were answered. */
function checkOut(crowd: Crowd, count: number) {
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  const checkouts = crowd.checkOut((answered) => answered >= count && resolve());
  checkouts.catch(() => {}); // awaited after the fault
  return { checkouts, reached };
}
