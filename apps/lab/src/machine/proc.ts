import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What one process has used, from Linux's /proc. */
export interface ProcessUse {
  readonly pid: number;
  readonly parent: number;
  /** User and system time in ms since it began, with that of children that have ended. */
  readonly cpuMs: number;
  /** What of it lies in memory now; a page that it shares with others is in each one's number. */
  readonly rssBytes: number;
}

/** In bytes. Summed over processes, RSS counts a shared page once per process; PSS divides it among those who share,
 *  so it is PSS that adds up. */
export interface Memory {
  readonly rss: number;
  /** Undefined where the system does not tell. */
  readonly pss: number | undefined;
}

/** Time of the cores themselves in ms, since the machine started. */
export interface CoreTime {
  readonly busyMs: number;
  /** Taken by other virtual machines. */
  readonly stolenMs: number;
}

/** The unit of times in /proc: 1/100 s on every Linux that Node runs on. */
const MS_PER_TICK = 10;
/** Nearly everywhere; a sample's RSS alone depends on it. */
const PAGE_BYTES = 4096;

/** Whether this machine tells what processes use. */
export const canReadProcesses = (): boolean => existsSync('/proc/self/stat');

/** Every process of this machine that can be read. */
export function readProcesses(): ProcessUse[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readOrGone(`/proc/${name}/stat`);
    // The command stands in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.length < 22) return [];
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return [
      {
        pid: Number(name),
        parent: Number(fields[1]),
        cpuMs: ticks * MS_PER_TICK,
        rssBytes: Number(fields[21]) * PAGE_BYTES,
      },
    ];
  });
}

/** The process and all that descend from it. One that has ended lives on in the time of the parent that waited for it,
 *  so the sum over the tree loses nobody (a PostgreSQL backend, a cluster worker). */
export function treeOf(root: number, processes: readonly ProcessUse[]): ProcessUse[] {
  const tree = processes.filter(({ pid }) => pid === root);
  for (const parent of tree) tree.push(...processes.filter((child) => child.parent === parent.pid && child !== parent));
  return tree;
}

/** Memory of these processes, added up; those that are gone count nothing. */
export function memoryOf(pids: readonly number[]): Memory {
  let rss = 0;
  let pss: number | undefined = 0;
  for (const pid of pids) {
    const status = readOrGone(`/proc/${pid}/status`);
    if (status === '') continue;
    rss += bytes(status, 'VmRSS') ?? 0;
    const share = bytes(readOrGone(`/proc/${pid}/smaps_rollup`), 'Pss');
    pss = pss === undefined || share === undefined ? undefined : pss + share;
  }
  return { rss, pss };
}

/** What these cores (`[0, 1]`) have done in all, for whomever. */
export function readCores(cores: readonly number[]): CoreTime {
  let [busyMs, stolenMs] = [0, 0];
  for (const line of readOrGone('/proc/stat').split('\n')) {
    const core = /^cpu(\d+) (.*)/.exec(line);
    if (!core || !cores.includes(Number(core[1]))) continue;
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = core[2]!.split(' ').map(Number);
    busyMs += (user + nice + system + irq + softirq) * MS_PER_TICK;
    stolenMs += steal * MS_PER_TICK;
  }
  return { busyMs, stolenMs };
}

/** '' for a process that has ended, or that is not ours to read. */
function readOrGone(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function bytes(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
