import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from '@twinstore/conformance';
import type { Phase } from '../src/plans/plan.ts';
import type { Progress } from '../src/run/progress.ts';
import { runTrial } from '../src/run/trial.ts';
import { judge } from '../src/run/verdict.ts';
import { type FakeStore, fakeStore, type FakeStoreOptions } from './fake-store.ts';

const started: FakeStore[] = [];
afterEach(() => Promise.all(started.splice(0).map((store) => store.close())));
afterAll(closeConnections);

const load: Phase = { kind: 'fixed', name: 'load', rate: 25, seconds: 1 };
const meter = () => ({
  open: () => {},
  close: () => {},
  readMemory: async () => {},
  result: async () => undefined,
  sample: () => undefined,
});

interface Changes extends FakeStoreOptions {
  readonly phases?: readonly Phase[];
  /** What is to become of clearing it away. */
  readonly stop?: () => Promise<void>;
  readonly yardstick?: () => Promise<number | undefined>;
  /** Called with how to kill the store, once the load goes on. */
  readonly whileLoaded?: (die: (what: string) => void) => void;
}

async function trialOf(
  contender: string,
  block: number,
  { phases = [load], stop = async () => {}, yardstick = async () => undefined, whileLoaded, ...options }: Changes,
) {
  const store = await fakeStore(options);
  started.push(store);
  let die: (what: string) => void = () => {};
  const start = async () => ({
    url: store.url,
    providerUrl: store.url,
    postgres: 'none',
    meter,
    metricsOf: {},
    onDeath: (listener: (what: string) => void) => void (die = listener),
    stop,
  });
  const told: Progress[] = [];
  const tell = (progress: Progress) => {
    told.push(progress);
    if (progress.type === 'second') whileLoaded?.(die);
  };
  const spec = { contender, stage: 'test', block, number: 1 };
  const { signal } = new AbortController();
  const trial = await runTrial(spec, phases, { start, yardstick }, { seed: 'trial', signal, tell });
  return { trial, told, asked: store.asked.toSorted() };
}

describe('a trial', () => {
  it('asks every contender of a block for the same orders, to be accepted or to be confirmed', async () => {
    const calls = await trialOf('by calls', 1, {});
    const events = await trialOf('by events', 1, { decidesAfterMs: 200 });
    const next = await trialOf('by calls', 2, {});
    expect(events.asked).toEqual(calls.asked);
    expect(events.trial.phases[0]!.planDigest).toBe(calls.trial.phases[0]!.planDigest);
    expect(next.asked).not.toEqual(calls.asked);
    const preferences = new Set(calls.asked.map((each) => each.replace(/^\S+ /, '')));
    expect(preferences).toEqual(new Set(['wait=0', 'no preference']));
  });

  it('is fine when it was carried through and the audit found nothing', async () => {
    const { trial, told } = await trialOf('by calls', 1, {});
    expect(trial).toMatchObject({ status: 'ok', reason: '', capacity: undefined, audit: { violations: [] } });
    const { measured, ...phase } = trial.phases[0]!;
    // A generator that this machine made late is the phase's to say: it says what is true of what it measured.
    expect(phase).toMatchObject({ name: 'load', kind: 'fixed', kept: undefined, ...judge(measured, undefined) });
    expect(measured).toMatchObject({ failed: 0, unfinished: 0 });
    expect(measured.answered).toBeGreaterThan(0);
    expect(trial.phases).toHaveLength(1);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['phase', 'second', 'phase-ended']));
  });

  it('shows its warm-up and counts it in nothing', async () => {
    const phases: Phase[] = [{ kind: 'warm-up', rate: 20, seconds: 1 }, load];
    const { trial } = await trialOf('by calls', 1, { phases });
    expect(trial.phases.map(({ kind }) => kind)).toEqual(['warm-up', 'fixed']);
    expect(trial.phases[0]!.measured.series.length).toBeGreaterThan(0);
  });

  it('fails with what the audit found', async () => {
    const { trial } = await trialOf('by calls', 1, { fault: 'charges twice' });
    expect(trial.status).toBe('failed');
    expect(trial.reason).toMatch(/^the audit found: .*was charged 2 times/);
    expect(trial.phases).toHaveLength(1);
  }, 60_000);

  it('tells how fast the machine was, and fails where that cannot be found out', async () => {
    expect((await trialOf('by calls', 1, { yardstick: async () => 15.5 })).trial).toMatchObject({ yardstickMs: 15.5 });
    const yardstick = () => Promise.reject(new Error('no such core'));
    const { trial } = await trialOf('by calls', 1, { yardstick });
    expect(trial).toMatchObject({ status: 'failed', reason: 'Error: no such core', phases: [] });
  });

  it('fails with the reason, and keeps what was over, when a process of the contender dies', async () => {
    const phases: Phase[] = [load, { kind: 'fixed', name: 'next', rate: 20, seconds: 3 }];
    let seconds = 0;
    const whileLoaded = (die: (what: string) => void) => {
      seconds += 1;
      if (seconds === 5) die('order-service ended in mid-trial (SIGKILL)');
    };
    const { trial } = await trialOf('by calls', 1, { phases, whileLoaded });
    expect(trial).toMatchObject({ status: 'failed', reason: 'order-service ended in mid-trial (SIGKILL)' });
    expect(trial.phases.map(({ name }) => name)).toEqual(['load']);
  });

  it('fails with the reason, and keeps all that it has, when it cannot be cleared away', async () => {
    const stop = () => Promise.reject(new Error('MongoDB does not answer'));
    const { trial } = await trialOf('by calls', 1, { stop });
    expect(trial).toMatchObject({
      status: 'failed',
      reason: 'it could not be cleared away: Error: MongoDB does not answer',
    });
    expect(trial.phases.map(({ name }) => name)).toEqual(['load']);
    expect(trial.audit?.violations).toEqual([]);
  });
});
