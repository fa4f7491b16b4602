import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** What wrk did, and what it cost. */
export interface WrkRun {
  readonly requestsPerSecond: number;
  /** CPU time, user and system. */
  readonly microsPerRequest: number;
}

/** wrk, as a load generator to be measured against: it is written in C and does next to nothing per request.
 *  https://github.com/wg/wrk */
export interface Wrk {
  /** Asks as fast as answers come, over `connections` at a time. */
  run(url: string, connections: number, seconds: number, signal: AbortSignal): Promise<WrkRun>;
}

/** Installs it where that can be done without asking anybody. A string: why it cannot be had. */
export function findWrk(): Wrk | string {
  if (!isThere() && !install()) return 'wrk is not installed, and cannot be here: apt-get install wrk';
  return { run };
}

// Without arguments it prints how it is used.
const isThere = () => spawnSync('wrk', []).error === undefined;

function install(): boolean {
  if (process.getuid?.() !== 0) return false;
  const aptGet = (...args: string[]) => spawnSync('apt-get', ['-qq', ...args], { timeout: 120_000 }).status === 0;
  return (aptGet('install', '-y', 'wrk') || (aptGet('update') && aptGet('install', '-y', 'wrk'))) && isThere();
}

async function run(url: string, connections: number, seconds: number, signal: AbortSignal): Promise<WrkRun> {
  // The shell's `times` tells, in its last line, the CPU time of the programs that it ran.
  const command = `wrk -t1 -c${connections} -d${seconds}s "$0" && times`;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command, url], { signal });
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const cpuMs = (stdout.trim().split('\n').at(-1) ?? '')
    .split(/\s+/)
    .map((time) => /^(\d+)m([\d.]+)s$/.exec(time) ?? [])
    .reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
  if (!(requests > 0) || !(cpuMs > 0)) throw new Error(`wrk said something else: ${stdout}`);
  return { requestsPerSecond: requests / seconds, microsPerRequest: (cpuMs * 1000) / requests };
}
