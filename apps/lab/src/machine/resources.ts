import type { Budget } from './budget.ts';
import type { Throttling } from './cgroups.ts';
import type { CoreLayout } from './cores.ts';
import { canReadProcesses, type Memory, memoryOf, type ProcessUse, readCores, readProcesses, treeOf } from './proc.ts';

/** What the measured window cost, from the operating system. CPU times are user and system, in ms. */
export interface Resources {
  /** By process of the contender, its children (workers, database backends) included. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** All of the contender's, its database servers and its broker included. */
  readonly contenderCpuMs: number;
  /** The payment provider and its database: outside both stores, and not counted. */
  readonly outsideCpuMs: number;
  readonly generatorCpuMs: number;
  /** What the generator's core had to do: the same, and where it is pinned to that core too, what is outside. */
  readonly generatorCoreMs: number;
  /** Programs that have nothing to do with the trial, and other virtual machines, on the contender's cores. */
  readonly disturbanceMs: number;
  /** How long a CPU quota kept each process of the contender waiting though it had work, in ms, added up over cores; with
   *  a budget that is `shared`, under `everything` what a limit on this container or service cost all that runs in
   *  it. Empty where no quota is told of. */
  readonly throttledMs: Readonly<Record<string, number>>;
  /** Of the quota's periods (0.1 s each) in which something was to be done, the share (0 to 1) in which it ran out; same names. */
  readonly throttledShare: Readonly<Record<string, number>>;
  /** Once the load had ended, by process of the contender. */
  readonly memory: Readonly<Record<string, Memory>>;
  /** Of the contender, PSS where it can be had. */
  readonly memoryBytes: number;
}

/** Use at one moment of a long window. */
export interface UseSample {
  /** Of the load, from its start. */
  readonly second: number;
  /** Since the window opened, by process of the contender. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** By process of the contender; a page that several of its processes share counts several times. */
  readonly rssBytes: Readonly<Record<string, number>>;
}

/** Reads what one window costs; a new one for each. */
export interface Meter {
  /** As the window opens; quick, since the load goes on. */
  open(): void;
  /** As it closes; just as quick. */
  close(): void;
  /** To be called when the load has ended. */
  readMemory(): Promise<void>;
  /** Undefined where the system does not tell. */
  result(): Promise<Resources | undefined>;
  /** While the window is open; a few ms. Undefined where the system does not tell. */
  sample(): Omit<UseSample, 'second'> | undefined;
}

/** Process ids by name. */
export type Roots = Readonly<Record<string, number>>;

interface Reading {
  readonly processes: readonly ProcessUse[];
  readonly cores: ReturnType<typeof readCores>;
  readonly throttling: Readonly<Record<string, Throttling>>;
  readonly ownMs: number;
}

/** Reads /proc. `roots`: all that the contender consists of, its apps, its database servers and its broker. `outside`: what serves it
 *  from outside, whose CPU time is reported and not counted. */
export function processMeter(
  roots: Roots,
  outside: Roots,
  layout: CoreLayout,
  budget: Pick<Budget, 'throttling'>,
): Meter {
  const has = canReadProcesses();
  let [opened, closed]: [Reading | undefined, Reading | undefined] = [undefined, undefined];
  let memory: Record<string, Memory> = {};
  /** Some 5 ms, in which nothing is sent; reading the memory takes ten times as long and is done afterwards. */
  const read = (): Reading | undefined => {
    if (!has) return undefined;
    const { user, system } = process.cpuUsage();
    return {
      processes: readProcesses(),
      cores: readCores(layout.contender),
      throttling: budget.throttling(Object.keys(roots)),
      ownMs: (user + system) / 1000,
    };
  };
  return {
    open: () => void (opened = read()),
    close: () => void (closed = read()),
    async readMemory() {
      const processes = has ? readProcesses() : [];
      memory = memoryOf(mapValues(roots, (root) => treeOf(root, processes).map(({ pid }) => pid)));
    },
    async result() {
      const [before, after] = [opened, closed];
      if (!before || !after) return undefined;
      const spent = (root: number) => cpuOf(root, after.processes) - cpuOf(root, before.processes);
      const cpuMs = mapValues(roots, spent);
      const contenderCpuMs = sum(Object.values(cpuMs));
      const outsideCpuMs = sum(Object.values(outside).map(spent));
      const generatorCpuMs = after.ownMs - before.ownMs;
      const ours = contenderCpuMs + (layout.pinned ? 0 : outsideCpuMs + generatorCpuMs);
      const busyMs = after.cores.busyMs - before.cores.busyMs;
      const stolenMs = after.cores.stolenMs - before.cores.stolenMs;
      return {
        cpuMs,
        contenderCpuMs,
        outsideCpuMs,
        generatorCpuMs,
        generatorCoreMs: generatorCpuMs + (layout.pinned ? outsideCpuMs : 0),
        disturbanceMs: Math.max(0, busyMs - ours) + stolenMs,
        ...throttledBetween(before.throttling, after.throttling),
        memory,
        memoryBytes: sum(Object.values(memory).map(({ pss, rss }) => pss ?? rss)),
      };
    },
    sample() {
      const before = opened;
      if (!before) return undefined;
      const processes = readProcesses();
      return {
        cpuMs: mapValues(roots, (root) => cpuOf(root, processes) - cpuOf(root, before.processes)),
        rssBytes: mapValues(roots, (root) => sum(treeOf(root, processes).map(({ rssBytes }) => rssBytes))),
      };
    },
  };
}

function throttledBetween(
  before: Reading['throttling'],
  after: Reading['throttling'],
): Pick<Resources, 'throttledMs' | 'throttledShare'> {
  const change = (name: string, key: keyof Throttling) => after[name]![key] - (before[name]?.[key] ?? 0);
  const names = Object.keys(after);
  return {
    throttledMs: Object.fromEntries(names.map((name) => [name, change(name, 'throttledMs')])),
    throttledShare: Object.fromEntries(
      names.map((name) => [name, change(name, 'throttled') / Math.max(1, change(name, 'periods'))]),
    ),
  };
}

const cpuOf = (root: number, processes: readonly ProcessUse[]) =>
  sum(treeOf(root, processes).map(({ cpuMs }) => cpuMs));
const mapValues = <V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
