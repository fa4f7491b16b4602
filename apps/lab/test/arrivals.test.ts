import { describe, expect, it } from '@jest/globals';
import { poissonArrivals } from '../src/load/arrivals.ts';
import {
  type CatalogItem,
  HOT_PERCENT,
  isCheckout,
  journeyMix,
  planSessions,
  requestKinds,
  type SessionPlan,
} from '../src/load/journeys.ts';
import { randomOf, shuffled, weighted, zipf } from '../src/load/random.ts';

describe('arrivals', () => {
  const arrivals = poissonArrivals(randomOf('arrivals'), 50, 200_000);

  it('come at the stated rate', () => {
    // 10,000 expected, with a standard deviation of 100.
    expect(Math.abs(arrivals.length - 10_000)).toBeLessThan(400);
  });

  it('come as independently as those of a Poisson process: as many gaps above the mean as e ^ -1', () => {
    const gaps = arrivals.slice(1).map((at, index) => at - arrivals[index]!);
    const long = gaps.filter((gap) => gap > 20).length / gaps.length;
    expect(Math.abs(long - Math.exp(-1))).toBeLessThan(0.03);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(poissonArrivals(randomOf('arrivals'), 50, 200_000)).toEqual(arrivals);
    expect(poissonArrivals(randomOf('other'), 50, 200_000)).not.toEqual(arrivals);
  });
});

describe('choices', () => {
  it('follow their weights', () => {
    const random = randomOf('weights');
    const drawn = Array.from({ length: 10_000 }, () => weighted(random, journeyMix));
    for (const [journey, percent] of Object.entries(journeyMix)) {
      const share = drawn.filter((one) => one === journey).length / 100;
      expect(Math.abs(share - percent)).toBeLessThan(3);
    }
  });

  it('ask for the second product about half as often as for the first, where the exponent is 1', () => {
    const [random, rank] = [randomOf('zipf'), zipf(1000, 1)];
    const counts = Array.from({ length: 1000 }, () => 0);
    for (let draw = 0; draw < 50_000; draw += 1) counts[rank(random)]! += 1;
    expect(counts[0]! / counts[1]!).toBeGreaterThan(1.7);
    expect(counts[0]! / counts[1]!).toBeLessThan(2.3);
    expect(counts.filter((count) => count === 0).length).toBeLessThan(50);
  });

  it('shuffle without losing anything', () => {
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const mixed = shuffled(randomOf('shuffle'), numbers);
    expect(mixed).not.toEqual(numbers);
    expect(mixed.toSorted((a, b) => a - b)).toEqual(numbers);
  });
});

describe('a plan of sessions', () => {
  const catalog: CatalogItem[] = Array.from({ length: 200 }, (_, n) => ({
    sku: `SKU-${n}`,
    name: `Plain Oak Chair ${n}`,
    category: 'chairs',
    available: n % 2 === 0 ? 300 : 1,
  }));
  const options = { seed: 'plan', catalog, rate: 20, durationMs: 60_000 };

  it('is the same for the same seed and catalog', () => {
    expect(planSessions(options)).toEqual(planSessions(options));
    expect(planSessions({ ...options, seed: 'other' })).not.toEqual(planSessions(options));
  });

  it('has every kind of request, and 6 to 11 a session', () => {
    const sessions = planSessions(options);
    const steps = sessions.flatMap((session) => session.steps);
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(requestKinds));
    expect(steps.length / sessions.length).toBeGreaterThan(6);
    expect(steps.length / sessions.length).toBeLessThan(11);
  });

  it('asks for the same checkouts to be accepted only, whoever is asked, and for about half of them', () => {
    const checkouts = ({ steps }: SessionPlan) => steps.filter(({ kind }) => isCheckout(kind));
    const draw = () =>
      planSessions(options)
        .filter(({ journey }) => journey !== 'cancel')
        .flatMap(checkouts);
    const drawn = draw();
    const accepted = drawn.filter(({ kind }) => kind === 'order-accepted');
    expect(draw()).toEqual(drawn);
    // 360 expected checkouts, so a standard deviation of 2.6 %.
    expect(Math.abs(accepted.length / drawn.length - 0.5)).toBeLessThan(0.1);
    for (const { kind, prefer } of drawn) expect(prefer).toBe(kind === 'order-accepted' ? 'wait=0' : undefined);
  });

  it('lets everybody wait for the outcome who is going to cancel', () => {
    const canceling = planSessions(options).filter(({ journey }) => journey === 'cancel');
    expect(canceling.length).toBeGreaterThan(0);
    for (const { steps } of canceling) expect(steps.at(-3)).toMatchObject({ kind: 'order-confirmed' });
  });

  it('lets shoppers mostly buy what there is much of', () => {
    const skus = planSessions(options).flatMap(({ steps }) => steps.flatMap(({ sku }) => sku ?? []));
    const scarce = skus.filter((sku) => Number(sku.slice(4)) % 2 === 1);
    expect(scarce.length / skus.length).toBeLessThan(0.3);
  });

  it('has one product that everybody wants and of which there is little', () => {
    const hot = { ...catalog[1]!, available: 40 };
    const withHot = [...catalog.slice(0, 1), hot, ...catalog.slice(2)];
    const skus = planSessions({ ...options, catalog: withHot }).flatMap(({ steps }) =>
      steps.flatMap(({ sku }) => sku ?? []),
    );
    const share = skus.filter((sku) => sku === hot.sku).length / skus.length;
    expect(Math.abs(share - HOT_PERCENT / 100)).toBeLessThan(0.015);
  });

  it.each(requestKinds)('can be of "%s" alone, with what it takes before it', (only) => {
    const sessions = planSessions({ ...options, only });
    for (const { steps } of sessions) {
      expect(steps.map(({ kind }) => kind)).toContain(only);
      expect(steps.filter(({ kind }) => kind !== only).length).toBeLessThanOrEqual(2);
    }
  });
});
