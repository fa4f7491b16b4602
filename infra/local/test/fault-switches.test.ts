import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Switches } from '@twinstore/contracts';
import { faultSwitches, type FaultSwitches } from '../src/fault-switches.ts';
import { freePort } from '../src/ports.ts';
import { app, type Proc, statusOf } from '../src/processes.ts';
import { supervise, type Supervisor } from '../src/supervise.ts';
import { serveSwitches, switchAddress, switchSettings } from '../src/switch-server.ts';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const noBack = 60_000;

let folder: string;
let behaviorFile: string;
let said: string[];
let stopping: AbortController;
let supervisor: Supervisor;
let service: Proc;
let provider: Proc;
let switches: FaultSwitches;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twinstore-switches-'));
  behaviorFile = join(folder, 'behavior.json');
  said = [];
  stopping = new AbortController();
  const common = { logDir: folder };
  service = app({ ...common, app: 'order-service', port: await freePort(), env: {}, main: fixture('app.ts') });
  const env = { BEHAVIOR_FILE: behaviorFile };
  provider = app({ ...common, app: 'payment-provider', port: await freePort(), env, main: fixture('provider.ts') });
  await Promise.all([service.start(), provider.start()]);
  supervisor = supervise([service, provider], terminal, stopping.signal);
  switches = withBackAfter(noBack);
});
afterEach(async () => {
  stopping.abort();
  await switches.close();
  await Promise.all([service.kill(), provider.kill()]);
  rmSync(folder, { recursive: true, force: true });
});

const terminal = { say: (line: string) => void said.push(line) };
const withBackAfter = (backAfterMs: number) =>
  faultSwitches({ processes: [service, provider], provider, supervisor, terminal, backAfterMs });

async function until(what: string, isSo: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await isSo()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
  }
}
const isGone = (proc: Proc) => until(`${proc.name} is gone`, () => proc.pid === undefined);
const isReady = async (proc: Proc) => (await statusOf(`${proc.url}/readyz`)) === 200;
const stateOf = async (name: string) => (await switches.state()).processes.find((process) => process.name === name);
const running = { running: true, backInMs: null };

describe('a process', () => {
  it('stops when it is switched off and runs again when it is switched on', async () => {
    expect((await switches.state()).processes).toEqual([
      { name: 'order-service', ...running },
      { name: 'payment-provider', ...running },
    ]);
    expect(await switches.turn('order-service', false)).toBe(true);
    const off = await stateOf('order-service');
    expect(off?.running).toBe(false);
    expect(off?.backInMs).toBeGreaterThan(noBack - 2_000);
    expect(off?.backInMs).toBeLessThanOrEqual(noBack);
    await isGone(service);
    expect(await isReady(service)).toBe(false);
    expect(await stateOf('payment-provider')).toMatchObject(running);

    await switches.turn('order-service', true);
    expect(await isReady(service)).toBe(true);
    expect(await stateOf('order-service')).toMatchObject(running);
    expect(said).toEqual(['order-service is switched off, for 60 s at most.', 'order-service is back.']);
  });

  it('comes back by itself after its time', async () => {
    switches = withBackAfter(1_000);
    const began = Date.now();
    await switches.turn('order-service', false);
    await isGone(service);
    await until('it is back', async () => (await stateOf('order-service'))?.running === true);
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_000);
    expect(await isReady(service)).toBe(true);
  });

  it('does not wait longer because it is switched off again', async () => {
    switches = withBackAfter(1_500);
    await switches.turn('order-service', false);
    await sleep(1_000);
    await switches.turn('order-service', false);
    expect((await stateOf('order-service'))?.backInMs).toBeLessThanOrEqual(500);
  });

  it('is not revived while it is switched off, also if it was being revived just then', async () => {
    process.kill(service.pid!, 'SIGKILL');
    await until('its death is noticed', () => said.length > 0);
    expect(said[0]).toMatch(/^order-service died \(SIGKILL\); it is started again in 1 s/);
    expect(await stateOf('order-service')).toEqual({ name: 'order-service', running: false, backInMs: null });
    await switches.turn('order-service', false);
    await sleep(1_500);
    expect([service.pid, await isReady(service)]).toEqual([undefined, false]);
  });

  it('is looked after again once it is switched on', async () => {
    await switches.turn('order-service', false);
    await switches.turn('order-service', true);
    const { pid } = service;
    process.kill(pid!, 'SIGKILL');
    await until('it is revived', async () => service.pid !== pid && (await isReady(service)));
    await until('it counts as running', async () => (await stateOf('order-service'))?.running === true);
  });

  it('ends as it was last switched, however quickly', async () => {
    await Promise.all([false, true, false, true].map((on) => switches.turn('order-service', on)));
    expect(await isReady(service)).toBe(true);
    expect(await stateOf('order-service')).toMatchObject(running);
    await Promise.all([false, true, false].map((on) => switches.turn('order-service', on)));
    await isGone(service);
    await sleep(300);
    expect([service.pid, (await stateOf('order-service'))?.running]).toEqual([undefined, false]);
  });

  it('that nobody knows cannot be switched', async () => {
    expect(await switches.turn('postgres', false)).toBe(false);
  });

  it('stays as it is when the switches are closed', async () => {
    switches = withBackAfter(500);
    await switches.turn('order-service', false);
    await switches.close();
    await isGone(service);
    await sleep(800);
    expect(service.pid).toBeUndefined();
  });
});

describe('the payment provider', () => {
  const latency = () => JSON.parse(readFileSync(behaviorFile, 'utf8'));
  const isSlow = async () => (await switches.state()).provider.slow;

  it('is slowed down and made quick again, and else behaves as before', async () => {
    expect(await isSlow()).toBe(false);
    await switches.slowDown(true);
    expect(latency()).toEqual({
      latencyMs: { p50: 1_500, p99: 3_000 },
      declineRate: 0.25,
      lostAnswerRate: 0,
      unavailable: false,
    });
    expect(await isSlow()).toBe(true);
    await switches.slowDown(false);
    expect(latency()).toMatchObject({ latencyMs: { p50: 0, p99: 0 }, declineRate: 0.25 });
    expect(await isSlow()).toBe(false);
  });

  it.each([
    ['somewhat slow', { p50: 100, p99: 200 }, false],
    ['slower still', { p50: 4_000, p99: 5_000 }, true],
  ])('that was %s by hand is so again afterwards', async (_, latencyMs, slow) => {
    const setByHand = { latencyMs, declineRate: 0, lostAnswerRate: 0, unavailable: false };
    await fetch(`${provider.url}/behavior`, { method: 'PUT', body: JSON.stringify(setByHand) });
    expect(await isSlow()).toBe(slow);
    await switches.close();
    expect(latency()).toEqual(setByHand);
    await switches.slowDown(true);
    expect(await isSlow()).toBe(true);
    await switches.close();
    expect(latency()).toEqual(setByHand);
  });

  it('is left as somebody has set it after it was slowed down', async () => {
    await switches.slowDown(true);
    const setByHand = { latencyMs: { p50: 4_000, p99: 5_000 }, declineRate: 0, lostAnswerRate: 0, unavailable: false };
    await fetch(`${provider.url}/behavior`, { method: 'PUT', body: JSON.stringify(setByHand) });
    await switches.close();
    expect(latency()).toEqual(setByHand);
  });

  it('is not left slow, neither when it is stopped nor at the end', async () => {
    await switches.slowDown(true);
    await switches.turn('payment-provider', false);
    await isGone(provider);
    expect(latency()).toMatchObject({ latencyMs: { p50: 0, p99: 0 } });
    expect(await isSlow()).toBe(false);
    await expect(switches.slowDown(true)).rejects.toThrow('The payment provider does not answer');

    await switches.turn('payment-provider', true);
    await switches.slowDown(true);
    await switches.close();
    expect(latency()).toMatchObject({ latencyMs: { p50: 0, p99: 0 } });
  });
});

describe('the server of the switches', () => {
  it('does what it is asked by who has the token, and answers how things stand then', async () => {
    const address = await switchAddress();
    const server = await serveSwitches(switches, address);
    const { SWITCHES_URL, SWITCHES_TOKEN } = switchSettings(address);
    const ask = async (path: string, method = 'GET', body?: unknown, token = SWITCHES_TOKEN) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await fetch(SWITCHES_URL + path, { method, headers, ...(body !== undefined && { body: sent }) });
      return { status: answer.status, state: (await answer.json()) as Switches };
    };
    try {
      expect(await ask('/')).toEqual({ status: 200, state: await switches.state() });
      const off = await ask('/processes/order-service', 'PUT', { running: false });
      expect([off.status, off.state.processes[0]?.running]).toEqual([200, false]);
      await isGone(service);
      const on = await ask('/processes/order-service', 'PUT', { running: true });
      expect(on).toMatchObject({ status: 200, state: { processes: [running, running] } });
      expect(await ask('/provider', 'PUT', { slow: true })).toMatchObject({ state: { provider: { slow: true } } });

      for (const token of ['', 'another', `${SWITCHES_TOKEN}x`]) {
        expect((await ask('/', 'GET', undefined, token)).status).toBe(401);
        expect((await ask('/processes/order-service', 'PUT', { running: false }, token)).status).toBe(401);
      }
      expect((await ask('/processes/none', 'PUT', { running: false })).status).toBe(404);
      expect((await ask('/nowhere')).status).toBe(404);
      expect((await ask('/provider')).status).toBe(405);
      for (const wrong of [{}, { running: 'no' }, '{', '']) {
        expect((await ask('/processes/order-service', 'PUT', wrong)).status).toBe(400);
      }
      expect(await isReady(service)).toBe(true);
      await provider.kill();
      expect((await ask('/provider', 'PUT', { slow: true })).status).toBe(503);
    } finally {
      await server.close();
    }
    await expect(fetch(SWITCHES_URL)).rejects.toThrow();
  });
});
