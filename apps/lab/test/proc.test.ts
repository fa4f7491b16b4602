import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { layOutCores, parseCoreList } from '../src/machine/cores.ts';
import { canReadProcesses, memoryOf, readProcesses, treeOf } from '../src/machine/proc.ts';
import { yardstick } from '../src/machine/yardstick.ts';

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
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('counts the pages of a program once for all who run it, and for nobody less because others do', async () => {
    const script = "process.stdout.write('up'); setInterval(() => {}, 1000);";
    const [one, other] = [1, 2].map(() =>
      spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    try {
      await Promise.all([once(one!.stdout!, 'data'), once(other!.stdout!, 'data')]);
      const { alone } = memoryOf({ alone: [one!.pid!] });
      const both = memoryOf({ one: [one!.pid!], other: [other!.pid!] });
      expect(alone!.rss).toBeGreaterThan(10_000_000);
      // All that it has lies in files, or is its own: what this test's own process shares with it is not taken off.
      expect(alone!.pss! / alone!.rss).toBeCloseTo(1, 1);
      expect(both.one!.pss).toBeLessThan(alone!.pss!);
      expect(both.one!.pss! + both.other!.pss!).toBeGreaterThan(alone!.pss!);
      expect(memoryOf({ gone: [2 ** 22 + 1] })).toEqual({ gone: { rss: 0, pss: 0 } });
    } finally {
      one!.kill('SIGKILL');
      other!.kill('SIGKILL');
    }
  });

  it('tells the memory of those who are there, though one that has ended is among them', async () => {
    // The shell's child ends, and the program that the shell has become waits for no child.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & exec sleep 60']);
    const readState = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    try {
      const pids = () => treeOf(parent.pid!, readProcesses()).map(({ pid }) => pid);
      while (!(pids().length === 2 && readState(pids()[1]!) === 'Z')) await sleep(20);
      const { both } = memoryOf({ both: pids() });
      expect(both!.pss).toBeGreaterThan(0);
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

describe('the yardstick', () => {
  const cores = layOutCores();
  const { signal } = new AbortController();

  const whenPinned = cores.pinned ? it : it.skip;

  whenPinned(`is the CPU time of some work${cores.pinned ? '' : ` (skipped: ${cores.sentence})`}`, async () => {
    expect(await yardstick(cores, signal)).toBeGreaterThan(1);
  });

  it('is not taken where nothing is pinned', async () => {
    expect(await yardstick({ ...cores, pinned: false }, signal)).toBeUndefined();
  });
});

describe('a list of cores', () => {
  it('may have ranges', () => expect(parseCoreList('0-2,5')).toEqual([0, 1, 2, 5]));
});
