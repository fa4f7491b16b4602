import { describe, expect, it } from '@jest/globals';
import type { Load } from '../../src/load/generator.ts';
import { ceilingRow, findCeiling } from '../../src/selftest/ceiling.ts';
import { generatorCost } from '../../src/selftest/generator-cost.ts';
import type { GeneratorRig } from '../../src/selftest/generator-run.ts';
import { knownDelay } from '../../src/selftest/known-delay.ts';
import type { Row } from '../../src/selftest/row.ts';
import { stalls } from '../../src/selftest/stall.ts';
import { fakeRig, type Pretense, signal, silent, wrkOf } from './fake-rig.ts';

const verdicts = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ check, verdict }) => [check, verdict]));

describe('the check of what the generator costs', () => {
  const sizes = { rounds: 2, windowMs: 3_000 };
  const check = async (pretense: Pretense, wrk: Parameters<typeof generatorCost>[0]['wrk'] = wrkOf(15)) =>
    verdicts(await generatorCost({ ...fakeRig(pretense), wrk }, sizes, silent, signal));

  it('passes one that costs twice what wrk does', async () => {
    expect(await check({ micros: 30 })).toEqual({ 'CPU per request': 'passed', lateness: 'passed' });
  });

  it('fails one that costs three times as much', async () => {
    expect(await check({ micros: 45 })).toMatchObject({ 'CPU per request': 'FAILED' });
  });

  it('fails one that sends late', async () => {
    expect(await check({ lateMs: () => 25 })).toMatchObject({ lateness: 'FAILED' });
  });

  it('is skipped, and says why, where there is no wrk', async () => {
    expect(await check({}, 'there is none')).toMatchObject({ 'CPU per request': 'skipped because there is none' });
  });
});

describe("the check of the generator's ceiling", () => {
  const check = async (pretense: Pretense) => ceilingRow(await findCeiling(fakeRig(pretense), 3_000, silent, signal));
  /** Late above so many requests per second. */
  const lateAbove = (most: number) => (rate: number) => (rate * 10 > most * 1.1 ? 40 : 1);

  it('finds the highest rate that leaves on time', async () => {
    expect(await check({ lateMs: lateAbove(10_000) })).toMatchObject({ verdict: 'passed' });
    expect((await check({ lateMs: lateAbove(10_000) })).measured).toMatch(/^10,000 requests.*40 ms late$/);
  });

  it('fails a generator that is late at 5,000 requests/s', async () => {
    expect(await check({ lateMs: lateAbove(4_000) })).toMatchObject({ verdict: 'FAILED' });
  });

  it('fails a slow generator, which has no time left at 5,000 requests/s', async () => {
    const { verdict, measured } = await check({ micros: 200 });
    expect(verdict).toBe('FAILED');
    expect(measured).toContain('of a core');
  });
});

describe('the check of a known delay', () => {
  const check = async (pretense: Pretense) => (await knownDelay(fakeRig(pretense), 2_500, 3_000, signal))[0]!.verdict;

  it('passes a p50 that is within 1 ms of what the server took', async () => {
    expect(await check({ latencyMs: () => 21.2, toldMs: 20.6 })).toBe('passed');
  });

  it('asks once more where it is off, and tells of both', async () => {
    let requests = 0;
    const disturbedOnce = () => ((requests += 1) <= 100 ? 22.2 : 21.2);
    const pretense: Pretense = { latencyMs: disturbedOnce, fromSentMs: () => 21, toldMs: 20.6 };
    const [row] = await knownDelay(fakeRig(pretense), 2_500, 3_000, signal);
    expect(row!.verdict).toBe('passed');
    expect(row!.measured).toMatch(/^22\..* off; again: 21\..* off$/);
  });

  it('fails a generator that is off by more', async () => {
    expect(await check({ latencyMs: () => 22.2, toldMs: 20.6 })).toBe('FAILED');
    expect(await check({ latencyMs: () => 19.0, toldMs: 20.6 })).toBe('FAILED');
  });

  it('fails where the server lies about its delay', async () => {
    expect(await check({ latencyMs: () => 25.3, toldMs: 20 })).toBe('FAILED');
  });

  it('fails where the server does not wait as it is told to', async () => {
    expect(await check({ latencyMs: () => 0.6, toldMs: 0.1 })).toBe('FAILED');
  });
});

describe('the check of a stall', () => {
  // A tenth of the requests should have left in the stall, one after the other; few were sent in it.
  const stalled: Pretense = {
    latencyMs: (request) => (request < 10 ? 1_000 - request * 100 : 1),
    fromSentMs: (request) => (request === 50 ? 2 : 1),
  };
  const check = async (rig: GeneratorRig) => (await stalls(rig, signal))[0]!.verdict;

  it('passes a generator that counts from the intended start', async () => {
    expect(await check(fakeRig(stalled))).toBe('passed');
  });

  it('fails one that counts from sending', async () => {
    const rig = fakeRig(stalled);
    const countedFromSending = async (load: Load) => {
      const { measured, buyers } = await rig.generate(load);
      return { measured: { ...measured, overall: measured.fromSent }, buyers };
    };
    expect(await check({ ...rig, generate: countedFromSending })).toBe('FAILED');
  });

  it('fails where the server does not stall', async () => {
    expect(await check(fakeRig({ latencyMs: () => 1 }))).toBe('FAILED');
  });
});
