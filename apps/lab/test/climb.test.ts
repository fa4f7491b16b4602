import { describe, expect, it } from '@jest/globals';
import type { Climb } from '../src/plans/plan.ts';
import { searchCapacity } from '../src/run/climb.ts';
import type { PhaseResult } from '../src/run/model.ts';

const climb: Climb = { kind: 'climb', from: 10, factor: 1.5, halvings: 2, seconds: 1, mostSteps: 10 };

/** A store that keeps the objective up to a rate; `hiccups` at these rates make a first try miss it. */
async function search(
  upTo: number,
  options: { hiccups?: number[]; generatorUpTo?: number; spoiled?: string[]; climb?: Partial<Climb> } = {},
) {
  const { hiccups = [], generatorUpTo = Infinity, spoiled = [] } = options;
  const tried: string[] = [];
  const capacity = await searchCapacity({ ...climb, ...options.climb }, async (rate, attempt) => {
    tried.push(`${rate}/${attempt}`);
    const status = rate > generatorUpTo || spoiled.includes(`${rate}/${attempt}`) ? 'invalid' : 'ok';
    const kept = status === 'ok' && rate <= upTo && !(attempt === 1 && hiccups.includes(rate));
    const window = { ms: 1000, answers: rate * 7, orders: { paid: rate / 3 } };
    return { rate, status, kept, measured: { window } } as unknown as PhaseResult;
  });
  return { capacity, tried };
}

describe('the search for the capacity', () => {
  it('goes up by the factor, tries a miss again, and then halves the gap twice', async () => {
    const { capacity, tried } = await search(30);
    expect(tried).toEqual(['10/1', '15/1', '22.5/1', '33.8/1', '33.8/2', '27.6/1', '30.5/1', '30.5/2']);
    expect(capacity).toMatchObject({ rate: 27.6, missedAt: 30.5 });
    expect(capacity?.answersPerSecond).toBeCloseTo(27.6 * 7);
  });

  it('is not ended by one hiccup', async () => {
    const { capacity, tried } = await search(30, { hiccups: [15] });
    expect(tried.slice(0, 4)).toEqual(['10/1', '15/1', '15/2', '22.5/1']);
    expect(capacity?.rate).toBe(27.6);
  });

  it('is ended by it where there is one try', async () => {
    const { capacity, tried } = await search(30, { hiccups: [15], climb: { tries: 1, halvings: 0 } });
    expect(tried).toEqual(['10/1', '15/1']);
    expect(capacity).toMatchObject({ rate: 10, missedAt: 15 });
  });

  it('goes down where the first misses, and then halves the gap as well', async () => {
    const { capacity, tried } = await search(5, { climb: { tries: 1 } });
    expect(tried).toEqual(['10/1', '6.67/1', '4.45/1', '5.45/1', '4.92/1']);
    expect(capacity).toMatchObject({ rate: 4.92, missedAt: 5.45 });
  });

  it('knows no rate at all where not even one session a second keeps it', async () => {
    const { capacity, tried } = await search(0, { climb: { tries: 1, factor: 4 } });
    expect(tried).toEqual(['10/1', '2.5/1', '1/1']);
    expect(capacity).toEqual({ rate: 0, missedAt: 1, answersPerSecond: 0, ordersPerSecond: 0 });
  });

  it('keeps the miss of a try whose other try the generator spoiled', async () => {
    for (const try_ of ['33.8/1', '33.8/2']) {
      const { capacity } = await search(30, { spoiled: [try_], climb: { halvings: 0 } });
      expect(capacity).toMatchObject({ rate: 22.5, missedAt: 33.8 });
    }
  });

  it('finds nothing where the generator is the limit from the start', async () => {
    const { capacity, tried } = await search(1000, { generatorUpTo: 5 });
    expect(capacity).toBeUndefined();
    expect(tried).toEqual(['10/1', '10/2']);
  });

  it('knows no rate that missed where the generator was the limit, or the steps ran out', async () => {
    const byGenerator = await search(1000, { generatorUpTo: 20 });
    expect(byGenerator.capacity).toMatchObject({ rate: 15, missedAt: undefined });
    const bySteps = await search(1000, { climb: { mostSteps: 2 } });
    expect(bySteps.capacity).toMatchObject({ rate: 15, missedAt: undefined });
  });
});
