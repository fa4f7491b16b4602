import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { routes, storeClient } from '@twinstore/contracts';
import { Refusal, removeRunFolder, runFolder, stateDir, sweepRunFolders } from '@twinstore/local';
import { findHierarchy, openGroups } from '../src/machine/cgroups.ts';
import { layOutCores } from '../src/machine/cores.ts';
import { canReadProcesses, readProcesses } from '../src/machine/proc.ts';
import type { Resources } from '../src/machine/resources.ts';
import { processWatch } from '../src/machine/watch.ts';
import { freshStage } from '../src/stage/contenders.ts';
import type { Running, Stage } from '../src/stage/stage.ts';

const onLinux = canReadProcesses() ? describe : describe.skip;
const folder = runFolder('lab-test');
sweepRunFolders('lab-test');
const logDir = join(stateDir, 'logs', folder);

function stageWith(budget: 'shared' | 'split'): Promise<Stage> {
  const signal = new AbortController().signal;
  const place = { folder, logDir, cores: layOutCores(budget), signal, say: () => {} };
  return freshStage(['monolith-x2'], place, undefined, false);
}

/** Browses for a while, and tells what that cost and how it was. */
async function windowOf(running: Running) {
  const meter = running.meter();
  const watch = processWatch(running.metricsOf);
  const store = storeClient(running.url);
  await watch.open();
  meter.open();
  for (let request = 0; request < 100; request += 1) await store.call(routes.listProducts, { query: { limit: 100 } });
  const sample = meter.sample();
  meter.close();
  const told = await watch.close();
  await meter.readMemory();
  return { sample, told, resources: (await meter.result())! };
}

let missing = '';
try {
  await openGroups().remove();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  missing = error.message;
}

onLinux('a contender that is started afresh', () => {
  afterAll(() => removeRunFolder(folder));

  it('is measured window by window', async () => {
    const stage = await stageWith('shared');
    let running: Running | undefined;
    try {
      running = await stage.start('monolith-x2', 'trial-1');
      const [one, two] = [await windowOf(running), await windowOf(running)];
      for (const { resources, told, sample } of [one, two]) {
        expect(Object.keys(resources.cpuMs).toSorted()).toEqual(['monolith', 'postgresql']);
        expect(resources.cpuMs['monolith']).toBeGreaterThan(0);
        expect(sample!.cpuMs['monolith']).toBeLessThanOrEqual(resources.cpuMs['monolith']!);
        expect(sample!.rssBytes['monolith']).toBeGreaterThan(50_000_000);
        expect(told.handlerTimes['monolith']!['GET /api/products']!.requests).toBe(100);
        expect(Object.keys(told.eventLoops)).toHaveLength(2);
        expect(onlyPositive(resources)).toBe(true);
      }
      expect(one.resources.throttledMs['monolith']).toBeUndefined();
    } finally {
      await running?.stop();
      await stage.stop();
    }
  }, 120_000);

  const withGroups = missing === '' ? it : it.skip;
  withGroups(
    `has each process in a group of its own where the budget is split${missing && ` (skipped: ${missing})`}`,
    async () => {
      const stage = await stageWith('split');
      let home = '';
      let running: Running | undefined;
      try {
        running = await stage.start('monolith-x2', 'trial-2');
        const groups = readProcesses().flatMap(({ pid }) => groupOf(pid) ?? []);
        // A parent, two workers; a PostgreSQL server and the processes that it starts.
        expect(groups.filter((group) => group.endsWith('/monolith'))).toHaveLength(3);
        expect(groups.filter((group) => group.endsWith('/postgresql')).length).toBeGreaterThan(4);
        home = join(findHierarchy()!.mount, groups[0]!.replace(/\/[^/]+$/, ''));
        expect([quotaOf(join(home, 'monolith')), quotaOf(join(home, 'postgresql'))]).toEqual([half, half]);
        const { resources } = await windowOf(running);
        expect(Object.keys(resources.throttledMs).toSorted()).toEqual(['monolith', 'postgresql']);
        expect(onlyPositive(resources)).toBe(true);
      } finally {
        await running?.stop();
        await stage.stop();
      }
      expect(home).toContain(`twinstore-${process.pid}`);
      expect(existsSync(home)).toBe(false);
    },
    120_000,
  );
});

const half = (layOutCores().contender.length / 2) * 100_000;

/** Of a group, in µs per 0.1 s. */
function quotaOf(group: string): number {
  const file = ['cpu.max', 'cpu.cfs_quota_us'].map((name) => join(group, name)).find((path) => existsSync(path));
  return Number(readFileSync(file!, 'utf8').split(' ')[0]);
}

/** Path of the group of this run that a process is in; undefined where it is in none. */
function groupOf(pid: number): string | undefined {
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    return new RegExp(`^\\d+:[^:]*:(.*/twinstore-${process.pid}/.+)$`, 'm').exec(groups)?.[1];
  } catch {
    return undefined; // it has just ended
  }
}

const onlyPositive = ({ throttledMs, throttledShare }: Resources) =>
  [...Object.values(throttledMs), ...Object.values(throttledShare)].every((value) => value >= 0);
