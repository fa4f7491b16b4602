import { afterEach, describe, expect, it } from '@jest/globals';
import { readCatalog } from '../src/stage/catalog.ts';
import { generate, intendedStarts } from '../src/load/generator.ts';
import { isCheckout, planSessions, type RequestKind, type SessionPlan } from '../src/load/journeys.ts';
import { type FakeStore, fakeStore, type FakeStoreOptions } from './fake-store.ts';

let store: FakeStore;
afterEach(() => store.close());

const load = { name: 'test', warmUpMs: 200, windowMs: 1_800, drainMs: 5_000, timeoutMs: 5_000 };

async function measure(options: FakeStoreOptions, rate = 30, changes: Partial<Parameters<typeof generate>[0]> = {}) {
  store = await fakeStore(options);
  const catalog = await readCatalog(store.url);
  const sessions = planSessions({ seed: 'generator', catalog, rate, durationMs: load.warmUpMs + load.windowMs });
  const { measured, buyers } = await generate({ baseUrl: store.url, sessions, ...load, ...changes });
  return { measured, buyers, sessions };
}

/** How many requests of a kind, or in all, are planned to start in the window. */
const inWindow = (sessions: readonly SessionPlan[], wanted?: RequestKind): number =>
  sessions
    .flatMap((plan) => intendedStarts(plan).map((at, index) => ({ at, kind: plan.steps[index]!.kind })))
    .filter(({ kind }) => wanted === undefined || kind === wanted)
    .filter(({ at }) => at >= load.warmUpMs && at < load.warmUpMs + load.windowMs).length;

describe('the generator', () => {
  it('plays every planned request of the window', async () => {
    const { measured, buyers, sessions } = await measure({});
    const planned = inWindow(sessions);
    expect(measured.planned).toBe(planned);
    expect(measured.answered + measured.notApplicable).toBe(planned);
    expect([measured.failed, measured.unfinished, measured.errors]).toEqual([0, 0, {}]);
    const ordering = sessions.filter(({ steps }) => steps.some(({ kind }) => isCheckout(kind)));
    expect(buyers.map(({ orderId }) => orderId).filter(Boolean)).toHaveLength(ordering.length);
  });

  it('shows a stall of 1 s in the 99th percentile from the intended start, where sending hides it', async () => {
    // All answers wait for the end of the stall, so what would have come in the meantime waits with them.
    let began: number | undefined;
    const delayMs = () => {
      began ??= performance.now();
      const sinceStart = performance.now() - began;
      return sinceStart > 800 && sinceStart < 1_800 ? 1_800 - sinceStart : 0;
    };
    const { measured } = await measure({ delayMs });
    expect(measured.overall.p99).toBeGreaterThan(600);
    expect(measured.overall.p50).toBeLessThan(measured.overall.p99 / 2);
    // In a second of some 220 requests, those that a shopper could not send yet count as well.
    expect(measured.overall.mean).toBeGreaterThan(measured.fromSent.mean * 1.2);
  });

  it('reports a known delay', async () => {
    const { measured } = await measure({ delayMs: () => 30 });
    expect(measured.overall.p50).toBeGreaterThan(29);
    // What one plain request after the other takes, on this machine as busy as it now is.
    const plain: number[] = [];
    for (let request = 0; request < 15; request += 1) {
      const began = performance.now();
      await (await fetch(`${store.url}/api/products`)).text();
      plain.push(performance.now() - began);
    }
    expect(measured.overall.p50).toBeLessThan(3 * Math.max(...plain));
  });

  it('tells the time to accepted of an order from the time to confirmed of another', async () => {
    const { measured } = await measure({ decidesAfterMs: 250 });
    const { 'order-accepted': accepted, 'order-confirmed': confirmed } = measured.byKind;
    expect(Math.min(accepted.count, confirmed.count)).toBeGreaterThan(0);
    // Nobody confirms before 250 ms are over; half of that is a busy machine's time to accept.
    expect(confirmed.p50).toBeGreaterThan(accepted.p50 + 125);
    expect(measured).toMatchObject({ acceptedWithOutcome: 0, notConfirmedInTime: 0, failed: 0 });
  });

  it('has no time to confirmed for a checkout that waited in vain, and counts it', async () => {
    const { measured, sessions } = await measure({ decidesAfterMs: 300, waitsMs: 60 });
    expect(measured.byKind['order-confirmed'].count).toBe(0);
    expect(measured.notConfirmedInTime).toBe(inWindow(sessions, 'order-confirmed'));
    expect(measured.notConfirmedInTime).toBeGreaterThan(0);
    expect(measured.byKind['order-accepted'].count).toBe(inWindow(sessions, 'order-accepted'));
  });

  it('tells an order that was accepted with its outcome', async () => {
    const { measured } = await measure({});
    expect(measured.acceptedWithOutcome).toBe(measured.byKind['order-accepted'].count);
    expect(measured.acceptedWithOutcome).toBeGreaterThan(0);
  });

  it('sees every pending order end, also those that its page still shows pending', async () => {
    const load = { warmUpMs: 0, windowMs: 1_500 };
    const { measured, buyers } = await measure({ decidesAfterMs: 400, waitsMs: 0 }, 30, load);
    const outcomes = Object.values(measured.window.orders).reduce((sum, count) => sum + count, 0);
    expect(measured.looksAgain).toBeGreaterThan(0);
    const ordered = buyers.filter(({ hasOrdered }) => hasOrdered);
    expect(measured.looksAgain).toBeLessThan(8 * ordered.length);
    expect(measured.unfinished + measured.failed).toBe(0);
    expect(outcomes).toBeGreaterThan(0);
    expect(measured.byKind['get-order'].count).toBeGreaterThan(0);
  });

  it('calls a trial unfinished whose promises are not kept by its end', async () => {
    const { measured } = await measure({ decidesAfterMs: 60_000, waitsMs: 0 }, 30, { drainMs: 400 });
    expect(measured.unfinished).toBeGreaterThan(0);
    expect(measured.window.orders).toEqual({});
    expect(measured.byKind['get-order'].count).toBe(0);
  });

  it('counts what was not answered by the end as unfinished', async () => {
    const { measured } = await measure({ delayMs: () => 3_000 }, 20, { drainMs: 100 });
    expect(measured.unfinished).toBeGreaterThan(0);
    expect(measured.answered + measured.failed + measured.unfinished + measured.notApplicable).toBe(measured.planned);
  });

  it('counts a request that takes too long as failed, and ends its session', async () => {
    const { measured } = await measure({ delayMs: () => 4_000 }, 5, { timeoutMs: 500 });
    expect(Object.keys(measured.errors).join()).toContain('no answer in time');
    expect(measured.failed + measured.unfinished).toBe(measured.planned);
  });

  it('counts what failed or was not finished as no faster than the slowest', async () => {
    let request = 0;
    const delayMs = () => ((request += 1) % 10 === 0 ? 4_000 : 0);
    const failing = await measure({ delayMs }, 20, { timeoutMs: 500 });
    const { failed, unfinished, answered, overall, fromSent } = failing.measured;
    expect(failed).toBeGreaterThan(0);
    expect(overall.count).toBe(answered + failed + unfinished);
    expect(overall.p99).toBeCloseTo(500, -1);
    expect(fromSent.count).toBe(answered);
    expect(fromSent.p99).toBeLessThan(450);
  });

  it('tells second by second how it goes, the warm-up included', async () => {
    const told: number[] = [];
    const { measured } = await measure({}, 30, { onSecond: ({ second }) => told.push(second) });
    expect(told).toEqual([0, 1]);
    expect(measured.series.map(({ second }) => second)).toEqual([0, 1]);
    const answered = measured.series.reduce((sum, each) => sum + each.answered, 0);
    expect(answered).toBeGreaterThan(0);
    for (const { p50, p99 } of measured.series) expect(p99).toBeGreaterThanOrEqual(p50!);
  });

  it('knows what it put in every cart, and forgets a cart whose change was not answered', async () => {
    const { buyers } = await measure({});
    const carts = await Promise.all(
      buyers
        .filter(({ hasOrdered }) => !hasOrdered)
        .map(async ({ cookie, cart }) => {
          const answer = await fetch(`${store.url}/api/cart`, { headers: { cookie } });
          const { items } = (await answer.json()) as { items: { sku: string; quantity: number }[] };
          return [cart, Object.fromEntries(items.map(({ sku, quantity }) => [sku, quantity]))];
        }),
    );
    expect(carts.length).toBeGreaterThan(0);
    for (const [known, actual] of carts) expect(known).toEqual(actual);
  });

  it('stops at once when it is told to', async () => {
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('enough')), 400);
    // A minute's worth: had it not stopped, the test would run into its time limit.
    const windowMs = 60_000;
    await expect(measure({}, 20, { windowMs, signal: stopping.signal })).rejects.toThrow('enough');
  });
});
