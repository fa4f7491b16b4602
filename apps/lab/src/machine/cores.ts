import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ownLimit, probeGroups } from './cgroups.ts';

/** How a contender's CPU time is bounded. `shared`: all its processes share one pool of cores. `split`: each has a fixed
 *  part of the same pool, which others cannot use even when it idles; see `partsOf`. */
export type BudgetMode = 'shared' | 'split';

/** Which cores do what. */
export interface CoreLayout {
  /** The generator, and what stands outside both stores: the payment provider and its database. */
  readonly generator: readonly number[];
  /** The pool of the contender's processes, its databases and its broker. */
  readonly contender: readonly number[];
  /** Whether these are kept to. */
  readonly pinned: boolean;
  readonly budget: BudgetMode;
  /** How that is, as a sentence or two. */
  readonly sentence: string;
}

/** One core for the generator and all others for the contender; without pinning where that cannot be had.
 *  @throws Refusal  the pool is to be split, and quotas cannot be set here */
export function layOutCores(budget: BudgetMode = 'shared'): CoreLayout {
  const divided = budget === 'split' ? dividedBy(probeGroups()) : '';
  const limit = ownLimit();
  const limited = limit ? ` A limit of ${limit.cores} cores holds for all of them together.` : '';
  const allowed = allowedCores();
  const unpinned = (why: string): CoreLayout => ({
    generator: allowed,
    contender: allowed,
    pinned: false,
    budget,
    sentence:
      `${why}, so generator and contender compete for the same ${allowed.length} core(s): latencies say less.` +
      (divided && ` The contender's time on them is ${divided}`) +
      limited,
  });
  if (allowed.length < 2) return unpinned('There is one core only');
  if (!hasTaskset()) return unpinned('The program taskset is absent');
  const [first, ...others] = allowed as [number, ...number[]];
  const pool = `core${others.length === 1 ? '' : 's'} ${others.join(', ')}`;
  return {
    generator: [first],
    contender: others,
    pinned: true,
    budget,
    sentence:
      `The generator and the payment provider run on core ${first}; the contender, its databases and its broker ` +
      (divided ? `on ${pool}, whose time is ${divided}` : `share ${pool}.`) +
      limited,
  };
}

const dividedBy = (version: number) =>
  `divided beforehand by CPU quotas (control groups, version ${version}, periods of 0.1 s): half of it for the processes ` +
  'that serve, in equal parts (a cluster of workers has all of that half), half for the database servers and the broker, ' +
  'in equal parts. What one does not use is lost to the others. To start, they may use all of it.';

/** Where stores run already, it is not ours to say where. */
export function coresAsTheyAre(): CoreLayout {
  const allowed = allowedCores();
  const sentence = `Nothing was pinned from here: the generator had core(s) ${coreList(allowed)}, the stores what they were given.`;
  return { generator: allowed, contender: allowed, pinned: false, budget: 'shared', sentence };
}

/** A list of cores as `taskset -c` takes it. */
export const coreList = (cores: readonly number[]): string => cores.join(',');

/** Keeps this process, every thread of it, and what it starts from now on to these cores. */
export function pinOurselves(cores: readonly number[]): void {
  spawnSync('taskset', ['-a', '-c', '-p', coreList(cores), String(process.pid)]);
}

/** `0-2,5` is [0, 1, 2, 5]. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
  });
}

function allowedCores(): number[] {
  const status = '/proc/self/status';
  const list = existsSync(status) && /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(status, 'latin1'))?.[1];
  return list ? parseCoreList(list) : Array.from({ length: availableParallelism() }, (_, core) => core);
}

const hasTaskset = () => spawnSync('taskset', ['--version']).status === 0;
