import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Progress } from '../run/progress.ts';

/** A program that carries out a run and tells it on its standard output, a `Progress` as JSON on each line. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Ending {
  /** Undefined where a signal ended it, or where it could not be started. */
  readonly exitCode: number | undefined;
  /** What it said last beside its progress; may be empty. */
  readonly lastWords: string;
}

export interface Child {
  /** Ends it in good order, by force after `graceMs`. Repeated, it may only shorten the wait. */
  stop(graceMs: number): void;
  /** Done once it is gone. */
  readonly ended: Promise<Ending>;
}

/** Of what it says, in characters: enough for a stack. */
const MOST_WORDS = 4_000;
/** What it started may hold its output open after its end. */
const LAST_OUTPUT_MS = 1_000;

/** Starts a run as a process of its own, so that what the page does is no work of the load generator's. */
export function startChild({ command, args }: Command, tell: (progress: Progress) => void): Child {
  // A group of its own: Ctrl-C reaches us alone, and we stop it once and in good order.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let words = '';
  const heard = (text: string) => (words = (words + text).slice(-MOST_WORDS));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const progress = progressOf(line);
    if (progress) tell(progress);
    else heard(`${line}\n`);
  });
  child.stderr.setEncoding('utf8').on('data', heard);

  let force: NodeJS.Timeout | undefined;
  const ended = new Promise<Ending>((resolve) => {
    const end = (exitCode: number | null) => {
      clearTimeout(force);
      // Of a number below 0, the system's own error, there is a sentence already.
      resolve({ exitCode: exitCode !== null && exitCode >= 0 ? exitCode : undefined, lastWords: words.trim() });
    };
    child.once('error', (error) => {
      heard(`${command} could not be started: ${error.message}\n`);
      if (child.pid === undefined) end(null);
    });
    child.once('exit', (_code, signal) => {
      if (signal && force === undefined) heard(`It was ended by ${signal}.\n`);
      const cut = setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()), LAST_OUTPUT_MS);
      child.once('close', () => clearTimeout(cut));
    });
    child.once('close', (code) => end(code));
  });

  return {
    ended,
    stop(graceMs) {
      child.kill('SIGINT');
      clearTimeout(force);
      force = setTimeout(() => killGroup(child), graceMs);
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

function progressOf(line: string): Progress | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const told: { readonly type?: unknown } = JSON.parse(line);
    // It is our own program of our own version: that it says what it promised is left to the types.
    return typeof told.type === 'string' ? (told as Progress) : undefined;
  } catch {
    return undefined;
  }
}
