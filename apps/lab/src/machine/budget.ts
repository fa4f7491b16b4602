import type { CoreLayout } from './cores.ts';
import { ownThrottling, openGroups, type Throttling } from './cgroups.ts';

/** Bounds what a contender's processes may use. */
export interface Budget {
  /** Makes a place for each process, where the budget is split; nothing is bounded yet.
   *  @param apps  names of those that serve
   *  @param stores  of the database servers and the broker */
  divide(apps: readonly string[], stores: readonly string[]): Division;
  /** What quotas did so far: to each of these processes, or with a shared budget, to `everything` that runs where we do.
   *  Empty where there is no quota. */
  throttling(processes: readonly string[]): Readonly<Record<string, Throttling>>;
  /** Once all that was bounded has ended. */
  close(): Promise<void>;
}

export interface Division {
  /** By name, the file that takes the process's id; empty where the budget is shared. */
  readonly cgroups: Readonly<Record<string, string>>;
  /** From now on each process has its part and no more. To start in it would take a service with a tenth of a core a
   *  quarter of a minute, and nothing is measured by then. */
  enforce(): void;
}

/** @throws Refusal  it is to be split, and cannot be here */
export function openBudget({ budget, contender }: CoreLayout): Budget {
  if (budget === 'shared') {
    return {
      divide: () => ({ cgroups: {}, enforce: () => {} }),
      throttling: () => told([['everything', ownThrottling()]]),
      close: async () => {},
    };
  }
  const groups = openGroups();
  return {
    divide(apps, stores) {
      const parts = Object.entries(partsOf(contender.length, apps, stores));
      return {
        cgroups: Object.fromEntries(parts.map(([name]) => [name, groups.limit(name)])),
        enforce() {
          for (const [name, cores] of parts) groups.limit(name, cores);
        },
      };
    },
    throttling: (processes) => told(processes.map((name) => [name, groups.throttling(name)])),
    close: () => groups.remove(),
  };
}

/** In cores: half of the pool for those that serve, in equal parts, and half for those that keep data, in equal parts. A
 *  cluster of workers is one process here, and so has the whole half. The sum is the pool, whoever the contender is.
 *  @param pool  number of cores */
export function partsOf(pool: number, apps: readonly string[], stores: readonly string[]): Record<string, number> {
  const share = (names: readonly string[]) => names.map((name) => [name, pool / 2 / names.length] as const);
  return Object.fromEntries([...share(apps), ...share(stores)]);
}

const told = (all: readonly (readonly [string, Throttling | undefined])[]): Record<string, Throttling> =>
  Object.fromEntries(all.flatMap(([name, throttling]) => (throttling ? [[name, throttling]] : [])));
