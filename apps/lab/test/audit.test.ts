import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from '@twinstore/conformance';
import { auditTrial } from '../src/run/audit.ts';
import { readCatalog } from '../src/stage/catalog.ts';
import { generate } from '../src/load/generator.ts';
import { planSessions } from '../src/load/journeys.ts';
import { type FakeStore, fakeStore, type FakeStoreOptions } from './fake-store.ts';

let store: FakeStore;
afterEach(() => store.close());
afterAll(closeConnections);

async function audited(fault: FakeStoreOptions['fault'], changes: FakeStoreOptions = {}) {
  store = await fakeStore({ ...changes, ...(fault && { fault }) });
  const catalog = await readCatalog(store.url);
  const sessions = planSessions({ seed: 'audit', catalog, rate: 60, durationMs: 800 });
  const load = { name: 'audit', warmUpMs: 0, windowMs: 800, drainMs: 5_000, timeoutMs: 5_000 };
  const { buyers } = await generate({ baseUrl: store.url, sessions, ...load });
  return auditTrial({ url: store.url, providerUrl: store.url, catalog, sessions, buyers }, undefined, 0);
}

describe('the audit of a trial', () => {
  it('finds nothing wrong with a store that keeps its word', async () => {
    const { violations, customers, products } = await audited(undefined);
    expect(violations).toEqual([]);
    expect(customers).toBeGreaterThan(5);
    expect(products).toBeGreaterThan(5);
  });

  it.each([
    ['charges twice', /was charged 2 times/],
    ['forgets orders', /was acknowledged and is gone/],
    ['oversells', /units of SKU-\d+, \d+ are sold and 1000 available/],
    ['keeps the money of a canceled order', /is canceled, but the provider holds/],
  ] as const)('catches a store that %s', async (fault, words) => {
    const { violations } = await audited(fault);
    expect(violations.join('\n')).toMatch(words);
  });

  it('catches a store that loses a cart', async () => {
    const { violations } = await audited('loses carts');
    expect(violations.join('\n')).toMatch(/a cart holds 0 of SKU-\d+ where [1-9] should be/);
  });

  it('catches a store that answers 202 and forgets', async () => {
    const { violations } = await audited('forgets orders', { decidesAfterMs: 100, waitsMs: 0 });
    expect(violations.join('\n')).toMatch(/was acknowledged and is gone/);
  });
});
