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
  /** Programs that have nothing to do with the trial, and other virtual machines, on the contender's cores. */
  readonly disturbanceMs: number;
  /** Once the load had ended, by process of the contender. */
  readonly memory: Readonly<Record<string, Memory>>;
  /** Of the contender, PSS where it can be had. */
  readonly memoryBytes: number;
}

interface Reading {
  readonly processes: readonly ProcessUse[];
  readonly cores: ReturnType<typeof readCores>;
  readonly ownMs: number;
}

/** Reads what a trial costs. */
export interface Meter {
  /** As the window opens and closes; quick, since the load goes on. */
  onWindow(): void;
  /** To be called when the load has ended. */
  readMemory(): Promise<void>;
  /** Undefined where the system does not tell. */
  result(): Promise<Resources | undefined>;
}

/** Process ids by name. */
type Roots = Readonly<Record<string, number>>;

/** Reads /proc. `roots`: all that the contender consists of, its apps, its database servers and its broker. `outside`: what serves it
 *  from outside, whose CPU time is reported and not counted. */
export function processMeter(roots: Roots, outside: Roots, layout: CoreLayout): Meter {
  const has = canReadProcesses();
  const readings: Reading[] = [];
  let memory: Record<string, Memory> = {};
  const read = () => {
    if (!has) return;
    const { user, system } = process.cpuUsage();
    readings.push({ processes: readProcesses(), cores: readCores(layout.contender), ownMs: (user + system) / 1000 });
  };
  return {
    /** Some 5 ms, in which nothing is sent; reading the memory takes ten times as long and is done afterwards. */
    onWindow: read,
    async readMemory() {
      const processes = has ? readProcesses() : [];
      const pidsOf = (root: number) => treeOf(root, processes).map(({ pid }) => pid);
      memory = Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, memoryOf(pidsOf(root))]));
    },
    async result() {
      const [before, after] = readings;
      if (!before || !after) return undefined;
      const spent = (root: number) => cpuOf(root, after.processes) - cpuOf(root, before.processes);
      const cpuMs = Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, spent(root)]));
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
        disturbanceMs: Math.max(0, busyMs - ours) + stolenMs,
        memory,
        memoryBytes: sum(Object.values(memory).map(({ pss, rss }) => pss ?? rss)),
      };
    },
  };
}

const cpuOf = (root: number, processes: readonly ProcessUse[]) =>
  sum(treeOf(root, processes).map(({ cpuMs }) => cpuMs));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
