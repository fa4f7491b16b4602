import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '@twinstore/local';
import { metricsMeter, parseSelfReport } from '../src/machine/metrics-meter.ts';
import { parseOptions } from '../src/run/options.ts';
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

  it.each(['http://gateway', 'split=', 'split=gateway:8080', 'split=http://a,b'])('is not named by "%s"', (text) => {
    expect(() => parseStore(text)).toThrow(Refusal);
  });

  it('takes the place of the contenders, and can be chosen among', () => {
    const stores = ['one=http://one', 'two=http://two'];
    expect(parseOptions([], stores)).toMatchObject({ contenders: ['one', 'two'] });
    expect(parseOptions(['--contenders', 'two'], stores)).toMatchObject({ contenders: ['two'] });
    expect(parseOptions(['--url', 'three=http://three'], stores)).toMatchObject({ contenders: ['three'] });
    expect(() => parseOptions(['--contenders', 'direct'], stores)).toThrow('takes names from one, two');
  });

  it('is asked for what all of them sell', async () => {
    const [one, two] = [await start(), await start()];
    const stage = await runningStage([parseStore(`one=${one}`), parseStore(`two=${two}`)], one);
    const { shelf, isShared, url } = await stage.start('two', 'trial');
    expect({ isShared, url }).toEqual({ isShared: true, url: two });
    expect(shelf!.length).toBeGreaterThan(10);
  });

  it('is missed in one sentence when it does not answer', async () => {
    const url = await start();
    await expect(runningStage([parseStore('gone=http://127.0.0.1:9')], url)).rejects.toThrow(/^gone does not answer/);
    await expect(runningStage([parseStore(`one=${url}`)], 'http://127.0.0.1:9')).rejects.toThrow(Refusal);
  });
});

describe('what a process says of itself', () => {
  const text = (cpu: number) =>
    `# TYPE x\nprocess_cpu_seconds_total{app="a"} ${cpu}\nprocess_start_time_seconds{app="a"} 7\nprocess_resident_memory_bytes 5e7`;

  it('is read from the Prometheus text format', () => {
    expect(parseSelfReport(text(1.5))).toEqual({ startedAt: 7, cpuMs: 1500, memoryBytes: 5e7 });
    expect(parseSelfReport('process_cpu_seconds_total 1')).toBeUndefined();
  });

  it('counts for nothing as soon as one process says nothing', async () => {
    const meter = metricsMeter(['http://127.0.0.1:9'], []);
    meter.onWindow();
    meter.onWindow();
    await meter.readMemory();
    expect(await meter.result()).toBeUndefined();
  });
});
