import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Which cores do what. `undefined` where nothing is pinned. */
export interface CoreLayout {
  /** The generator, and what stands outside both stores: the payment provider and its database. */
  readonly generator: readonly number[];
  /** One pool that the contender's processes, its databases and its broker share. */
  readonly contender: readonly number[];
  readonly pinned: boolean;
  /** How that is, as a sentence. */
  readonly sentence: string;
}

/** One core for the generator and all others for the contender; without pinning where that cannot be had. */
export function layOutCores(): CoreLayout {
  const allowed = allowedCores();
  const unpinned = (why: string): CoreLayout => ({
    generator: allowed,
    contender: allowed,
    pinned: false,
    sentence: `${why}, so generator and contender compete for the same ${allowed.length} core(s): latencies say less.`,
  });
  if (allowed.length < 2) return unpinned('There is one core only');
  if (!hasTaskset()) return unpinned('The program taskset is absent');
  const [first, ...others] = allowed as [number, ...number[]];
  return {
    generator: [first],
    contender: others,
    pinned: true,
    sentence:
      `The generator and the payment provider run on core ${first}; the contender, its databases and its broker share ` +
      `core${others.length === 1 ? '' : 's'} ${others.join(', ')}.`,
  };
}

/** Where stores run already, it is not ours to say where. */
export function coresAsTheyAre(): CoreLayout {
  const allowed = allowedCores();
  const sentence = `Nothing was pinned from here: the generator had core(s) ${coreList(allowed)}, the stores what they were given.`;
  return { generator: allowed, contender: allowed, pinned: false, sentence };
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
