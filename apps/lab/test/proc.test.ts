import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { parseCoreList } from '../src/machine/cores.ts';
import { canReadProcesses, memoryOf, readProcesses, treeOf } from '../src/machine/proc.ts';

const onLinux = canReadProcesses() ? describe : describe.skip;

onLinux('what the system tells of processes', () => {
  it('counts the CPU time of children, also of those that have ended', async () => {
    const burn = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end);';
    const script = `
      const { spawnSync } = require('node:child_process');
      spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}]);
      process.stdout.write('burnt');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(parent.stdout, 'data');
      const tree = treeOf(parent.pid!, readProcesses());
      expect(tree).toHaveLength(1);
      expect(tree[0]!.cpuMs).toBeGreaterThanOrEqual(300);
      const { rss, pss } = memoryOf([parent.pid!]);
      expect(rss).toBeGreaterThan(10_000_000);
      expect(pss ?? 0).toBeLessThanOrEqual(rss);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('finds who descends from a process, and nobody else', () => {
    const process = (pid: number, parent: number) => ({ pid, parent, cpuMs: 1, rssBytes: 1 });
    const all = [process(1, 0), process(5, 1), process(3, 5), process(9, 3), process(7, 1)];
    expect(treeOf(5, all).map(({ pid }) => pid)).toEqual([5, 3, 9]);
    expect(treeOf(6, all)).toEqual([]);
  });
});

describe('a list of cores', () => {
  it('may have ranges', () => expect(parseCoreList('0-2,5')).toEqual([0, 1, 2, 5]));
});
