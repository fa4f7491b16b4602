import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from '@twinstore/conformance';
import { runTrial } from '../src/run/trial.ts';
import { type FakeStore, fakeStore, type FakeStoreOptions } from './fake-store.ts';

const started: FakeStore[] = [];
afterEach(() => Promise.all(started.splice(0).map((store) => store.close())));
afterAll(closeConnections);

const settings = { seed: 'trial', rate: 40, warmUpMs: 0, windowMs: 1_000 };
const noMeter = { onWindow: () => {}, readMemory: async () => {}, result: async () => undefined };

async function trialOf(contender: string, block: number, options: FakeStoreOptions) {
  const store = await fakeStore(options);
  started.push(store);
  const running = { url: store.url, providerUrl: store.url, postgres: 'none', meter: noMeter };
  const start = async () => ({ ...running, onDeath: () => {}, stop: async () => {} });
  const trial = await runTrial({ contender, block, number: 1 }, settings, { start }, new AbortController().signal);
  return { trial, asked: store.asked.toSorted() };
}

describe('a trial', () => {
  it('asks every contender of a block for the same orders, to be accepted or to be confirmed', async () => {
    const calls = await trialOf('by calls', 1, {});
    const events = await trialOf('by events', 1, { decidesAfterMs: 200 });
    const next = await trialOf('by calls', 2, {});
    expect(events.asked).toEqual(calls.asked);
    expect(events.trial.planDigest).toBe(calls.trial.planDigest);
    expect(next.asked).not.toEqual(calls.asked);
    const preferences = new Set(calls.asked.map((each) => each.replace(/^\S+ /, '')));
    expect(preferences).toEqual(new Set(['wait=0', 'no preference']));
  });
});
