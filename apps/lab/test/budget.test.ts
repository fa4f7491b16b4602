import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '@twinstore/local';
import { partsOf } from '../src/machine/budget.ts';
import {
  type CpuGroups,
  findHierarchy,
  hierarchyIn,
  openGroups,
  parseCpuStat,
  sweepGroups,
} from '../src/machine/cgroups.ts';
import { layOutCores } from '../src/machine/cores.ts';
import { readProcesses } from '../src/machine/proc.ts';

const sum = (parts: Record<string, number>) => Object.values(parts).reduce((total, part) => total + part, 0);
const services = ['gateway-direct', 'product-service', 'cart-service', 'order-service', 'payment-service'];

describe('a budget that is split', () => {
  it('gives every contender the same in all: half to those that serve, half to those that keep data', () => {
    expect(partsOf(1, ['monolith'], ['postgresql'])).toEqual({ monolith: 0.5, postgresql: 0.5 });
    const parts = partsOf(3, services, ['postgresql', 'broker', 'mongodb']);
    expect(parts['cart-service']).toBeCloseTo(0.3);
    expect(parts['broker']).toBeCloseTo(0.5);
    expect(sum(parts)).toBeCloseTo(3);
  });
});

describe('where control groups are', () => {
  const mounts = (...lines: string[]) => lines.map((line, n) => `${n} 1 0:${n} ${line}`).join('\n');
  const v1 = '/ /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct';
  const memory = '/ /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
  const unified = '/ /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw';

  it('is told by the system, in its first version', () => {
    expect(hierarchyIn(mounts(unified, memory, v1), '9:memory:/m\n4:cpu,cpuacct:/some/job\n0::/\n')).toEqual({
      version: 1,
      mount: '/sys/fs/cgroup/cpu,cpuacct',
      own: '/sys/fs/cgroup/cpu,cpuacct/some/job',
    });
  });

  it('is told in its second version', () => {
    const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/run-7.scope';
    expect(hierarchyIn(mounts('/ /sys/fs/cgroup rw - cgroup2 cgroup rw'), `0::${scope}\n`)).toEqual({
      version: 2,
      mount: '/sys/fs/cgroup',
      own: `/sys/fs/cgroup${scope}`,
    });
  });

  it('is seen from within a container that is shown its own part only', () => {
    const mount = mounts('/docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu');
    expect(hierarchyIn(mount, '3:cpu:/docker/abc\n')?.own).toBe('/sys/fs/cgroup/cpu');
    expect(hierarchyIn(mount, '3:cpu:/docker/abc/inner\n')?.own).toBe('/sys/fs/cgroup/cpu/inner');
  });

  it('may be nowhere', () => expect(hierarchyIn(mounts(memory), '')).toBeUndefined());
});

describe('what a quota did', () => {
  it('is read in the units of either version', () => {
    const expected = { periods: 23, throttled: 2, throttledMs: 52 };
    expect(parseCpuStat('nr_periods 23\nnr_throttled 2\nthrottled_time 52000000\nnr_bursts 0\n')).toEqual(expected);
    expect(parseCpuStat('usage_usec 1\nnr_periods 23\nnr_throttled 2\nthrottled_usec 52000\n')).toEqual(expected);
  });

  it('is unknown where no quota can be set', () => {
    expect(parseCpuStat('usage_usec 1\nuser_usec 1\nsystem_usec 0\n')).toBeUndefined();
    expect(parseCpuStat('')).toBeUndefined();
  });
});

describe('a machine that lets nobody make groups', () => {
  it('is refused in one sentence that says what to do', () => {
    const nowhere = { version: 1, mount: '/proc/nowhere', own: '/proc/nowhere' } as const;
    expect(() => openGroups(nowhere)).toThrow(Refusal);
    expect(() => openGroups(nowhere)).toThrow(/^A budget that is split needs .* run it as root, or as `systemd-run /);
  });
});

let missing = '';
try {
  await openGroups().remove();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  missing = ` (skipped: ${error.message})`;
}
const withGroups = missing === '' ? describe : describe.skip;

withGroups(`a control group of this run${missing}`, () => {
  let groups: CpuGroups | undefined;
  const started: ChildProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map(end));
    await groups?.remove();
  });
  /** Burns CPU in a process and in one that it starts, all of it in the group where one is given. */
  const burn = (procs?: string) => {
    const script = 'while :; do :; done & while :; do :; done';
    const child = spawn('sh', ['-c', procs ? `echo $$ > ${procs}; ${script}` : script], { detached: true });
    started.push(child);
    return child;
  };

  it('limits what is in it, children too, and tells how long that made it wait', async () => {
    groups = openGroups();
    const slow = burn(groups.limit('slow'));
    groups.limit('slow', 0.1);
    const fast = burn(groups.limit('fast', 0.4));
    await untilUsed(slow, 300);
    const [slowMs, fastMs] = [used(slow), used(fast)];
    expect(slowMs).toBeGreaterThanOrEqual(300);
    // Four times as much; on a crowded machine nobody may get all that a quota allows.
    expect(fastMs / slowMs).toBeGreaterThan(2);
    expect(fastMs / slowMs).toBeLessThan(6);
    const { periods, throttled, throttledMs } = groups.throttling('slow')!;
    expect(throttled).toBeGreaterThan(0);
    expect(throttled).toBeLessThanOrEqual(periods);
    expect(throttledMs).toBeGreaterThan(slowMs);
  });

  it('gets other bounds when it is divided again', async () => {
    groups = openGroups();
    expect(groups.limit('mongodb', 0.5)).toBe(groups.limit('mongodb', 0.25));
  });

  it('goes when its processes have ended, and not before', async () => {
    groups = openGroups();
    const procs = groups.limit('one', 0.5);
    const child = spawn('sleep', ['60']);
    writeFileSync(procs, String(child.pid));
    const removed = groups.remove();
    expect(existsSync(dirname(procs))).toBe(true);
    await end(child);
    await removed;
    expect(existsSync(dirname(procs))).toBe(false);
  });

  it('is swept away when its run is gone', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    groups = openGroups();
    const home = dirname(dirname(groups.limit('alive', 0.5)));
    const base = dirname(home);
    const [old, stranger] = [join(base, `twinstore-${gone.pid}`), join(base, `twinstore-x${gone.pid}`)];
    mkdirSync(join(old, 'monolith'), { recursive: true });
    mkdirSync(stranger);
    try {
      sweepGroups(base);
      expect(existsSync(old)).toBe(false);
      expect(existsSync(stranger)).toBe(true);
      expect(readdirSync(home)).toContain('alive');
    } finally {
      rmdirSync(stranger);
    }
  });

  it('is not left behind by the question whether there can be one', () => {
    const { sentence, budget } = layOutCores('split');
    expect(budget).toBe('split');
    expect(sentence).toContain('divided beforehand by CPU quotas');
    expect(layOutCores().sentence).not.toContain('quota');
    expect(readdirSync(findHierarchy()!.own)).not.toContain(`twinstore-${process.pid}`);
  });
});

/** CPU time of a burner and of its child, in ms. */
const used = (child: ChildProcess) =>
  readProcesses()
    .filter(({ pid, parent }) => pid === child.pid || parent === child.pid)
    .reduce((total, { cpuMs }) => total + cpuMs, 0);

async function untilUsed(child: ChildProcess, ms: number): Promise<void> {
  while (used(child) < ms) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // Its own children as well, where it leads a group.
  try {
    process.kill(-child.pid!, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
  await ended;
}
