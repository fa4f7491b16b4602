import { once } from 'node:events';
import { createServer } from 'node:net';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { keepRunning } from '../src/keep-running.ts';
import type { Proc } from '../src/processes.ts';
import { Refusal } from '../src/refusal.ts';
import type { Stack } from '../src/stack.ts';
import { switchAddress } from '../src/switch-server.ts';

let did: string[];
let said: string[];
beforeEach(() => {
  did = [];
  said = [];
});

const proc = (name: string, start = async () => {}): Proc => ({
  name,
  url: 'http://127.0.0.1:9',
  pid: 1,
  logFile: `${name}.log`,
  start: async () => {
    did.push(`${name} starts`);
    await start();
  },
  stop: async () => void did.push(`${name} stops`),
  kill: async () => {},
  onDeath: () => {},
  lastWords: () => '',
});
const stack: Stack = {
  doors: [],
  providerUrl: 'http://127.0.0.1:9',
  processes: { 'payment-provider': proc('payment-provider') },
  stop: async () => void did.push('the stores stop'),
};

async function started({ lab = proc('lab'), onReady = async () => {} } = {}) {
  const stopping = new AbortController();
  const switchesAt = await switchAddress();
  const terminal = { say: (line: string) => void said.push(line) };
  return {
    stop: () => stopping.abort(),
    switchesAt,
    run: () =>
      keepRunning({ stack, lab, servers: [], broker: undefined, switchesAt, terminal, onReady }, stopping.signal),
  };
}

const all = ['lab starts', 'the stores stop', 'lab stops'];

describe('the stores that run', () => {
  it('are stopped when that is wanted, and not before', async () => {
    const ready = Promise.withResolvers<void>();
    const { run, stop } = await started({ onReady: async () => ready.resolve() });
    const running = run();
    await ready.promise;
    expect(did).toEqual(['lab starts']);
    stop();
    await running;
    expect([did, said]).toEqual([all, ['Stopping.']]);
  });

  it.each([
    ['the lab cannot be started', { lab: proc('lab', () => Promise.reject(new Refusal('no lab'))) }, 'no lab'],
    ['they cannot be shown', { onReady: () => Promise.reject(new Error('no picture')) }, 'no picture'],
  ])('are stopped when %s', async (_, parts, why) => {
    const { run } = await started(parts);
    await expect(run()).rejects.toThrow(why);
    expect(did).toEqual(all);
  });

  it('are stopped when the port of the switches was taken meanwhile', async () => {
    const { run, switchesAt } = await started();
    const other = createServer().listen(switchesAt.port, '127.0.0.1');
    await once(other, 'listening');
    await expect(run()).rejects.toThrow('EADDRINUSE');
    expect(did).toEqual(all);
    other.close();
  });

  it('leave no switches behind', async () => {
    const { run, switchesAt } = await started({ onReady: () => Promise.reject(new Error('no picture')) });
    await expect(run()).rejects.toThrow('no picture');
    await expect(fetch(`http://127.0.0.1:${switchesAt.port}/`)).rejects.toThrow('fetch failed');
  });
});
