import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shown } from './paths.ts';
import { Refusal, wordsOf } from './refusal.ts';

export interface DaemonSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  /** The user to run as; the present one where absent. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Cores to run on, as for `taskset -c`: `0,1` or `2-3`. */
  readonly cpus?: string;
  /** Control group to run in, with all that the program starts: the file that takes process ids (`…/cgroup.procs`). */
  readonly cgroup?: string;
  /** Signal that ends the program in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** For a program that does not watch its stdin: a shell beside it sends `stopSignal` once we are gone. */
  readonly guarded?: boolean;
  /** Runs before each start, for instance to clear away what a crash left. */
  readonly prepare?: () => Promise<void>;
  /** Asked every 40 ms until it answers yes. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs?: number;
}

/** A program of ours that runs in the background and may be killed and started again under the same name. */
export interface Daemon {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Starts it and waits until it is ready.
   *  @throws Refusal  with the program's own words when it ends or is not ready in time; nothing is left running */
  start(signal?: AbortSignal): Promise<void>;
  /** Ends it in good order, by force after `graceMs` (10 s). Done when the process is gone. */
  stop(graceMs?: number): Promise<void>;
  /** `kill -9`, of its worker processes too. Done when the process is gone. */
  kill(): Promise<void>;
  /** Calls back with how it ended, each time it ends unasked. */
  onDeath(listener: (how: string) => void): void;
  /** What it said last, for an error message. */
  lastWords(): string;
}

// `$$` stays the shell's own number in the subshells, and `exec` hands that number to the program. The watcher is
// forked twice so that the program does not find itself the parent of a process it does not know.
const guardScript = (signal: string) =>
  `exec 3<&0 </dev/null; ( ( cat <&3; kill -s ${signal} $$ ) >/dev/null 2>&1 & ); exec "$@" 3<&-`;

// Waits for one line before it hands its number to the program, so that nothing is started outside the control group.
const gateScript = 'read -r _ && exec "$@"';

/** Describes a background program; `start` runs it. */
export function daemon(spec: DaemonSpec): Daemon {
  const listeners: ((how: string) => void)[] = [];
  let child: ChildProcess | undefined;
  let ending = false;
  let logStart = 0;

  const launch = () => {
    let words = [spec.command, ...spec.args];
    if (spec.guarded) words = ['/bin/sh', '-c', guardScript(spec.stopSignal.slice(3)), spec.name, ...words];
    if (spec.cgroup) words = ['/bin/sh', '-c', gateScript, spec.name, ...words];
    if (spec.cpus) words = ['taskset', '-c', spec.cpus, ...words];
    mkdirSync(dirname(spec.logFile), { recursive: true });
    const log = openSync(spec.logFile, 'a');
    logStart = fstatSync(log).size;
    // A group of its own: Ctrl-C reaches us alone, and we stop everything in the right order.
    const started = spawn(words[0]!, words.slice(1), {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['pipe', log, log],
      detached: true,
      ...spec.user,
    });
    closeSync(log);
    started.stdin!.on('error', () => {}); // it may end before the pipe is set up
    started.once('exit', (code, signal) => {
      if (started.pid) killGroup(started.pid);
      started.stdin!.destroy();
      child = undefined;
      if (!ending) for (const listener of listeners) listener(signal ?? `exit code ${code}`);
    });
    if (spec.cgroup && started.pid) {
      enter(spec.cgroup, started.pid);
      started.stdin!.write('\n');
    }
    return started;
  };

  const end = async (signal: NodeJS.Signals, graceMs: number) => {
    const dying = child;
    if (!dying) return;
    ending = true;
    const gone = once(dying, 'exit');
    if (signal === 'SIGKILL') killGroup(dying.pid!);
    else dying.kill(signal);
    const force = setTimeout(() => killGroup(dying.pid!), graceMs);
    await gone;
    clearTimeout(force);
  };

  const lastWords = () => wordsIn(readFrom(spec.logFile, logStart));

  return {
    name: spec.name,
    logFile: spec.logFile,
    get pid() {
      return child?.pid;
    },
    async start(signal) {
      if (child) return;
      await spec.prepare?.();
      signal?.throwIfAborted();
      ending = true; // until it is ready, an end is told by the throw below
      const started = launch();
      child = started;
      const failed = new Promise<never>((_, reject) => {
        const startFailed = (how: string) => reject(new Refusal(`${spec.name} could not start (${how}).`));
        started.once('error', (error) => {
          child = undefined;
          startFailed(error.message);
        });
        started.once('exit', (code, how) => {
          const words = lastWords();
          if (words) reject(new Refusal(words));
          else startFailed(how ?? `exit code ${code}`);
        });
      });
      failed.catch(() => {}); // it may also end later, when nobody waits anymore
      try {
        const deadline = Date.now() + (spec.readyTimeoutMs ?? 30_000);
        while (!(await Promise.race([spec.isReady(), failed]))) {
          signal?.throwIfAborted();
          if (Date.now() > deadline) {
            const log = `its log is ${shown(spec.logFile)}`;
            throw new Refusal(`${spec.name} runs but did not become ready in time; ${log}. ${lastWords()}`.trim());
          }
          await Promise.race([sleep(40), failed]);
        }
        ending = false;
      } catch (error) {
        await end('SIGKILL', 0);
        throw error;
      }
    },
    stop: (graceMs = 10_000) => end(spec.stopSignal, graceMs),
    kill: () => end('SIGKILL', 0),
    onDeath: (listener) => void listeners.push(listener),
    lastWords,
  };
}

/** @throws Refusal  it cannot be put there, and has been ended */
function enter(cgroup: string, pid: number): void {
  try {
    writeFileSync(cgroup, String(pid));
  } catch (error) {
    killGroup(pid);
    throw new Refusal(`A process cannot be put into its control group (${wordsOf(error)}).`);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

function readFrom(file: string, start: number): string {
  const log = openSync(file, 'r');
  try {
    const size = fstatSync(log).size;
    const from = Math.max(start, size - 16_384);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    readSync(log, bytes, 0, bytes.length, from);
    return bytes.toString();
  } finally {
    closeSync(log);
  }
}

/** The plain lines of an output, since that is where a program says why it cannot start; else its log's messages. */
function wordsIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const plain = lines.filter((line) => !line.startsWith('{"'));
  if (plain.length > 0) return plain.slice(-12).join('\n');
  return lines.slice(-3).map(messageOf).join('\n');
}

function messageOf(line: string): string {
  try {
    const entry: { msg?: string; err?: { message?: string } } = JSON.parse(line);
    return [entry.msg, entry.err?.message].filter(Boolean).join(': ') || line;
  } catch {
    return line;
  }
}
