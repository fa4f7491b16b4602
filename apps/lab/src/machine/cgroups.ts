import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '@twinstore/local';

/** Where this machine's kernel keeps groups of processes whose CPU time can be bounded. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Where it is mounted. */
  readonly mount: string;
  /** Folder of the group that this process is in. */
  readonly own: string;
}

/** What a quota did to a group since it was made. */
export interface Throttling {
  /** Periods of 0.1 s in which something in it was to run. */
  readonly periods: number;
  /** Of these, the ones in which the quota ran out. */
  readonly throttled: number;
  /** How long processes had work and had to wait, in ms, added up over cores. */
  readonly throttledMs: number;
}

/** Groups of this run's own. */
export interface CpuGroups {
  readonly version: 1 | 2;
  /** Bounds the group of this name, made where missing, to the time of so many cores (0.5: half the time of one); for
   *  now to nothing where no number is given.
   *  @returns the file that takes the ids of processes to be put in; their children follow */
  limit(name: string, cores?: number): string;
  /** Undefined where it is not told. */
  throttling(name: string): Throttling | undefined;
  /** Removes the groups, once what was in them has ended. */
  remove(): Promise<void>;
}

/** The kernel's own default, and that of Docker and Kubernetes: a quota of half a core is 50 ms out of every 100. */
const PERIOD_US = 100_000;
const prefix = 'twinstore-';
/** Holds who was in our group, where a group with members cannot have bounded groups below it. */
const restName = `${prefix}rest`;

/** The mounted hierarchy that bounds CPU time; undefined where there is none. */
export function findHierarchy(): Hierarchy | undefined {
  const [mounts, groups] = [text('/proc/self/mountinfo'), text('/proc/self/cgroup')];
  const found = hierarchyIn(mounts, groups);
  // Seen from within a container, a group may be named by its path outside.
  return found && !existsSync(found.own) ? { ...found, own: found.mount } : found;
}

/** The same from the texts of `/proc/self/mountinfo` and `/proc/self/cgroup`. Where both versions are mounted, the first
 *  has the CPU controller if it has it at all. */
export function hierarchyIn(mountinfo: string, cgroup: string): Hierarchy | undefined {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', mount = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    const version = type === 'cgroup2' ? 2 : type === 'cgroup' && options.split(',').includes('cpu') ? 1 : undefined;
    return version ? [{ version, root, mount } as const] : [];
  });
  const found = mounts.find(({ version }) => version === 1) ?? mounts[0];
  if (!found) return undefined;
  const line = found.version === 2 ? /^0::(.*)$/m : /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.*)$/m;
  const path = line.exec(cgroup)?.[1] ?? '/';
  const inside = found.root === '/' ? path : path.startsWith(found.root) ? path.slice(found.root.length) : '/';
  return { version: found.version, mount: found.mount, own: join(found.mount, inside).replace(/\/$/, '') };
}

/** Finds out whether groups can be bounded here. @returns the version. @throws Refusal  they cannot */
export function probeGroups(): 1 | 2 {
  const { version, remove } = openGroups();
  void remove();
  return version;
}

/** Makes a folder for this run's groups, and clears away those of runs that are gone.
 *  @throws Refusal  no group can be made here */
export function openGroups(hierarchy = findHierarchy()): CpuGroups {
  if (!hierarchy) throw refusal('this machine mounts no control groups');
  const { version } = hierarchy;
  try {
    const base = version === 1 ? hierarchy.own : delegatedFolder(hierarchy);
    sweepGroups(base);
    const home = join(base, prefix + process.pid);
    makeGroup(home);
    if (version === 2) writeFileSync(join(home, 'cgroup.subtree_control'), '+cpu');
    const groups = groupsIn(home, version);
    groups.limit('probe', 1);
    rmdirSync(join(home, 'probe'));
    return groups;
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

function groupsIn(home: string, version: 1 | 2): CpuGroups {
  return {
    version,
    limit(name, cores) {
      const folder = join(home, name);
      makeGroup(folder);
      const quota = cores === undefined ? undefined : Math.round(cores * PERIOD_US);
      if (version === 2) writeFileSync(join(folder, 'cpu.max'), `${quota ?? 'max'} ${PERIOD_US}`);
      else {
        writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
        writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota ?? -1));
      }
      return join(folder, 'cgroup.procs');
    },
    throttling: (name) => parseCpuStat(text(join(home, name, 'cpu.stat'))),
    async remove() {
      // A process that was killed is in its group until it has run once more, which can take a while on a busy machine.
      // Where that is not enough, the next run sweeps.
      for (let attempt = 1; attempt <= 200 && !removeGroups(home); attempt += 1) await sleep(50);
    },
  };
}

/** From a group's `cpu.stat`: of version 1, in ns, or 2, in µs. Undefined where it tells of no quota. */
export function parseCpuStat(stat: string): Throttling | undefined {
  const value = (name: string) => new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1];
  const [periods, throttled] = [value('nr_periods'), value('nr_throttled')];
  const [ns, us] = [value('throttled_time'), value('throttled_usec')];
  if (periods === undefined || throttled === undefined || (ns ?? us) === undefined) return undefined;
  const throttledMs = ns === undefined ? Number(us) / 1e3 : Number(ns) / 1e6;
  return { periods: Number(periods), throttled: Number(throttled), throttledMs };
}

/** The tightest limit that holds for this process and all beside it, as of a container; undefined where there is none. */
export function ownLimit(hierarchy = findHierarchy()): { readonly folder: string; readonly cores: number } | undefined {
  if (!hierarchy) return undefined;
  const limits = upward(hierarchy).flatMap((folder) => {
    const [quota, period] =
      hierarchy.version === 2
        ? text(join(folder, 'cpu.max')).split(' ').map(Number)
        : ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => Number(text(join(folder, file))));
    return quota && period && quota > 0 ? [{ folder, cores: quota / period }] : [];
  });
  return limits.toSorted((a, b) => a.cores - b.cores)[0];
}

/** What that limit did so far; undefined where there is none. */
export function ownThrottling(): Throttling | undefined {
  const limit = ownLimit();
  return limit && parseCpuStat(text(join(limit.folder, 'cpu.stat')));
}

/** Removes the groups of runs that were killed; those that still hold somebody stay. */
export function sweepGroups(base: string): void {
  for (const name of existsSync(base) ? readdirSync(base) : []) {
    const pid = /^twinstore-(\d+)$/.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) removeGroups(join(base, name));
  }
}

/** Not with `recursive`, which never ends where a file system such as /proc lets nobody make folders (Node 24). */
function makeGroup(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder);
}

/** Whether all of them are gone. Their files go with them, and cannot be removed before. */
function removeGroups(home: string): boolean {
  if (!existsSync(home)) return true;
  const groups = readdirSync(home, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  try {
    for (const { name } of groups) rmdirSync(join(home, name));
    rmdirSync(home);
    return true;
  } catch {
    return false; // somebody is still in one of them
  }
}

/** A folder in which groups of version 2 can be bounded: our own group or one above it. A group other than the topmost
 *  cannot have both members and bounded groups, so its members may have to move down.
 *  @throws Error  there is none */
function delegatedFolder(hierarchy: Hierarchy): string {
  const mayWrite = upward(hierarchy).filter((folder) => isWritable(folder) && isWritable(join(folder, 'cgroup.procs')));
  const offer = mayWrite.filter((folder) => text(join(folder, 'cgroup.controllers')).split(/\s+/).includes('cpu'));
  const found = offer.find(offersCpu);
  if (found) return found;
  const { own } = hierarchy;
  if (!offer.includes(own)) throw new Error(`no group at or above ${own} is ours to divide`);
  const rest = join(own, restName);
  makeGroup(rest);
  for (const pid of text(join(own, 'cgroup.procs')).trim().split('\n')) writeFileSync(join(rest, 'cgroup.procs'), pid);
  writeFileSync(join(own, 'cgroup.subtree_control'), '+cpu');
  return own;
}

function offersCpu(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), '+cpu');
    return true;
  } catch {
    return false; // it has members
  }
}

/** From our own group up to the mount. */
function upward({ own, mount }: Hierarchy): string[] {
  const folders = [own];
  while (folders.at(-1) !== mount && folders.at(-1) !== dirname(folders.at(-1)!))
    folders.push(dirname(folders.at(-1)!));
  return folders;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** '' for what is not there, or not ours to read. */
function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

const refusal = (why: string) =>
  new Refusal(
    `A budget that is split needs Linux control groups that we may write to (${why.replace(/\.$/, '')}): run it as ` +
      'root, or as `systemd-run --user --scope -p Delegate=yes npm run …`, or choose the budget "shared".',
  );
