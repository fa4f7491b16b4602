import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
  /** With the pages of a program's file divided among those of ours who run it: whoever else on this machine runs the
   *  same program would make ours look smaller, and one process more so than six. Undefined where the system does not
   *  tell. */
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

/** Memory of these processes, added up by name; those that are gone count nothing. */
export function memoryOf(pids: Readonly<Record<string, readonly number[]>>): Record<string, Memory> {
  const all = Object.entries(pids).map(([name, own]) => [name, own.flatMap(pagesOf)] as const);
  const programs = Map.groupBy(
    all.flatMap(([, pages]) => pages),
    ({ program }) => program,
  );
  return Object.fromEntries(
    all.map(([name, pages]) => {
      const pss = pages.map((each) => pssAlone(each, programs.get(each.program)!));
      const isTold = pss.every((each) => each !== undefined);
      return [name, { rss: sum(pages.map(({ rss }) => rss)), pss: isTold ? sum(pss) : undefined }];
    }),
  );
}

/** Pages of one process, in bytes. */
interface Pages {
  readonly program: string;
  readonly rss: number;
  /** Of files, such as the program itself. */
  readonly rssFile: number;
  readonly pssFile: number | undefined;
  /** All others. */
  readonly pssRest: number | undefined;
}

/** None where the process has ended, or has given its memory back and is only waited for. */
function pagesOf(pid: number): Pages[] {
  // In this order: of one that ends in between, the second tells that the first was in vain.
  const [rollup, status] = [readOrGone(`/proc/${pid}/smaps_rollup`), readOrGone(`/proc/${pid}/status`)];
  const rss = bytes(status, 'VmRSS');
  if (rss === undefined) return [];
  const [pss, pssFile] = [bytes(rollup, 'Pss'), bytes(rollup, 'Pss_File')];
  return [
    {
      program: programOf(pid),
      rss,
      rssFile: bytes(status, 'RssFile') ?? 0,
      pssFile,
      pssRest: pss === undefined || pssFile === undefined ? undefined : pss - pssFile,
    },
  ];
}

/** As if nobody but `ours` ran its program: the most that any of us has of the files is there once, and each has the part
 *  in it that the system gives it among us. */
function pssAlone({ pssFile, pssRest }: Pages, ours: readonly Pages[]): number | undefined {
  if (pssFile === undefined || pssRest === undefined) return undefined;
  const among = sum(ours.map((each) => each.pssFile ?? 0));
  const once = Math.max(...ours.map(({ rssFile }) => rssFile));
  return pssRest + (among === 0 ? 0 : (once * pssFile) / among);
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

/** '' where it is not ours to know. */
function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
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

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
