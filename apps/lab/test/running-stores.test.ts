import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, Refusal } from '@twinstore/local';
import { metricsMeter, selfReport } from '../src/machine/metrics-meter.ts';
import { metricsSource, type MetricsSource } from '../src/machine/metrics-source.ts';
import { parseMetrics } from '../src/machine/metrics-text.ts';
import type { Meter } from '../src/machine/resources.ts';
import { parseRun } from '../src/run/options.ts';
import { parseStore, runningStage } from '../src/stage/running-stores.ts';
import { type FakeStore, fakeStore } from './fake-store.ts';

const started: FakeStore[] = [];
const start = async () => {
  const store = await fakeStore();
  started.push(store);
  return store.url;
};
afterEach(() => Promise.all(started.splice(0).map((store) => store.close())));

describe('a store that runs already', () => {
  it('is named with its door and what is behind it', () => {
    expect(parseStore('split=http://gateway:8080/,http://product-service:8080')).toEqual({
      name: 'split',
      url: 'http://gateway:8080',
      behind: ['http://product-service:8080'],
    });
  });

  it('may go without a name', () => {
    expect(parseStore('http://gateway:8080')).toEqual({ name: '', url: 'http://gateway:8080', behind: [] });
  });

  it.each(['gateway', 'split=', 'split=gateway:8080', 'split=http://a,b'])('is not named by "%s"', (text) => {
    expect(() => parseStore(text)).toThrow(Refusal);
  });

  it('takes the place of the contenders, and can be chosen among', () => {
    const stores = ['one=http://one', 'two=http://two'];
    expect(parseRun([], stores)?.settings).toMatchObject({ contenders: ['one', 'two'] });
    expect(parseRun(['--contenders', 'two'], stores)?.settings).toMatchObject({ contenders: ['two'] });
    expect(parseRun(['--url', 'three=http://three'], stores)?.settings).toMatchObject({ contenders: ['three'] });
    expect(() => parseRun(['--contenders', 'direct'], stores)).toThrow('takes names such as one, two');
  });

  it('is asked for what all of them sell', async () => {
    const [one, two] = [await start(), await start()];
    const stage = await runningStage([parseStore(`one=${one}`), parseStore(`two=${two}`)], one);
    const { shelf, isShared, url } = await stage.start('two', 'trial');
    expect({ isShared, url }).toEqual({ isShared: true, url: two });
    expect(shelf!.length).toBeGreaterThan(10);
  });

  it('has the name of what it is where it was given none', async () => {
    const [one, two] = [await start(), await start()];
    const stage = await runningStage([parseStore(one), parseStore(`split=${two}`), parseStore(two)], one);
    expect(stage.names).toEqual(['monolith', 'split', 'monolith-2']);
    expect((await stage.start('monolith-2', 'trial')).url).toBe(two);
  });

  it('is measured without what it does not tell', async () => {
    const url = await start();
    const stage = await runningStage([parseStore(url)], url);
    const { meter, metricsOf } = await stage.start('monolith', 'trial');
    expect(metricsOf).toEqual({});
    const ours = meter();
    ours.open();
    ours.close();
    await ours.readMemory();
    expect(await ours.result()).toBeUndefined();
    expect(ours.sample()).toBeUndefined();
  });
});

describe('one sentence says of a store that', () => {
  const other: Server[] = [];
  afterEach(() => {
    for (const server of other.splice(0)) server.close();
  });
  /** Answers everything in the same way. */
  const answering = async (status: number, body: string) => {
    const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    other.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const refused = async (store: string, provider?: string) => {
    const stage = runningStage([parseStore(store)], provider ?? (await start()));
    const error: unknown = await stage.then(
      () => undefined,
      (why: unknown) => why,
    );
    expect(error).toBeInstanceOf(Refusal);
    return (error as Refusal).message;
  };

  it('it does not answer', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const why = `does not answer at http://${address} (connect ECONNREFUSED ${address}).`;
    expect(await refused(`gone=http://${address}`)).toBe(`gone ${why}`);
    expect(await refused(`http://${address}`)).toBe(`The store ${why}`);
    expect(await refused('http://no-such-host.invalid')).toContain('no-such-host.invalid');
  });

  it('it is something else', async () => {
    const page = await answering(200, '<!doctype html><title>Welcome</title>');
    expect(await refused(page)).toBe(`What is at ${page} is no store: GET /api/meta answers no JSON.`);
    const absent = await answering(404, '{"title":"Not found"}');
    expect(await refused(`shop=${absent}`)).toBe(`shop at ${absent} is no store: GET /api/meta answers 404.`);
    const foreign = await answering(200, '{"architecture":"serverless"}');
    expect(await refused(foreign)).toMatch(/does not speak the contract: GET \/api\/meta has architecture: /);
  });

  it('its catalog is not the one of the contract', async () => {
    const meta = { architecture: 'monolith', checkout: 'transaction', version: '1', instance: 'i' };
    const url = await answering(200, JSON.stringify({ ...meta, items: [{ sku: 7 }], nextCursor: null }));
    expect(await refused(url)).toMatch(
      /^monolith cannot be shopped in at .*: the catalog is not as the contract has it: items\.0\./,
    );
    const empty = await answering(200, JSON.stringify({ ...meta, items: [], nextCursor: null }));
    expect(await refused(`bare=${empty}`)).toBe('bare sells nothing.');
    const endless = await answering(200, JSON.stringify({ ...meta, items: [], nextCursor: 'again' }));
    expect(await refused(`bare=${endless}`)).toContain('the catalog has no end');
  });

  it('its payment provider is none', async () => {
    const store = await start();
    expect(await refused(store, 'http://127.0.0.1:9')).toMatch(
      /^The payment provider cannot be set up: nothing answers/,
    );
    const page = await answering(200, '<!doctype html>');
    expect(await refused(store, page)).toContain(`what answers at ${page} is no payment provider of ours`);
    const other = await answering(200, '{"ok":true}');
    expect(await refused(store, other)).toContain('is no payment provider of ours');
    const absent = await answering(404, '{}');
    expect(await refused(store, absent)).toContain('it answers 404');
  });
});

describe('what a process says of itself', () => {
  const page = (cpu: number) =>
    parseMetrics(
      `# TYPE x\nprocess_cpu_seconds_total{app="a"} ${cpu}\nprocess_start_time_seconds{app="a"} 7\nprocess_resident_memory_bytes 5e7`,
    );

  it('is read from the Prometheus text format', () => {
    expect(selfReport(page(1.5))).toEqual({ startedAt: 7, cpuMs: 1500, memoryBytes: 5e7 });
    expect(selfReport(parseMetrics('process_cpu_seconds_total 1'))).toBeUndefined();
  });

  it('counts for nothing as soon as one process says nothing', async () => {
    let seconds = 0;
    const server = createServer((_, response) => {
      seconds += 1;
      response.end(
        `process_cpu_seconds_total ${seconds}\nprocess_start_time_seconds 7\nprocess_resident_memory_bytes 5e7\n`,
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const told = { told: metricsSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
    const untold = { untold: metricsSource('http://127.0.0.1:9') };
    try {
      const alone = await measured(metricsMeter(told, untold), told.told);
      expect(alone).toMatchObject({ cpuMs: { told: 1000 }, outsideCpuMs: 0 });
      expect(await measured(metricsMeter({ ...told, ...untold }, {}), told.told)).toBeUndefined();
    } finally {
      server.close();
    }
  });
});

async function measured(meter: Meter, source: MetricsSource) {
  meter.open();
  // In between there is a window; here, until the first reading is over, which this one shares.
  await source.read();
  meter.close();
  await meter.readMemory();
  return meter.result();
}
