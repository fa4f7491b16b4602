import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { DoorName } from '@twinstore/local';
import { eventListener } from '../../src/event-listener.ts';
import { closeConnections, shopper, stockRoom, success } from '../../src/index.ts';
import { orderPath } from '../../src/shopper.ts';
import { missingFor, startOwnStore } from './own-store.ts';

const LISTENERS = 40;

const cases: readonly (readonly [style: DoorName, process: string])[] = [
  ['monolith', 'monolith'],
  ['orchestrated', 'gateway-orchestrated'],
  ['orchestrated', 'order-service'],
];

afterAll(closeConnections);

/** What takes long by its nature must not hold up the end of a process, nor be cut off by it. */
for (const [style, name] of cases) {
  const missing = missingFor(style);
  const describeStore = missing ? describe.skip : describe;
  describeStore(`the process "${name}" that is asked to stop${missing ? ` (skipped: ${missing})` : ''}`, () => {
    it('ends its streams cleanly, answers who waits for an order, and is gone in time', async () => {
      const store = await startOwnStore(style);
      try {
        const { door } = store;
        const { sku } = await stockRoom(door).add({ stock: 1 });
        const ada = shopper(door);
        await ada.put(sku, 1);
        const key = randomUUID();
        const { id } = success(await ada.checkout({ token: 'tok_unavailable', key, prefer: 'wait=0' }));
        const waiting = ada.checkout({ token: 'tok_unavailable', key, prefer: 'wait=30' });
        const path = `${orderPath(id)}/events`;
        const open = () => eventListener(door, path, { Cookie: ada.cookie() ?? '' });
        const listeners = await Promise.all(Array.from({ length: LISTENERS }, open));
        for (const { next } of listeners) expect(JSON.parse((await next())?.data ?? '{}')).toMatchObject({ id });

        const process_ = store.processes[name];
        const ended = new Promise<string>((resolve) => process_?.onDeath(resolve));
        process.kill(process_?.pid as number, 'SIGTERM');
        const rests = await Promise.all(listeners.map(({ rest }) => rest()));
        expect(rests.flat()).toEqual([]);
        expect(success(await waiting)).toMatchObject({ id, status: 'pending' });
        expect(await ended).toBe('exit code 0');
      } finally {
        await store.close();
      }
    }, 90_000);
  });
}
