import { basename, dirname, resolve } from 'node:path';
import type { Progress } from '../run/progress.ts';
import { type Child, type Command, startChild } from './child.ts';
import { LabProblem } from './problems.ts';

/** What somebody wants to have measured. */
export interface RunRequest {
  readonly plan: string;
  readonly blocks?: number | undefined;
  readonly contenders?: readonly string[] | undefined;
  readonly seed?: string | undefined;
}

/**
 * How a run came to its end. `failed`: to its last trial, but one of them failed or broke an invariant. `refused`:
 * nothing could be measured here. `killed`: it did not stop in time. `crashed`: a bug of ours, or it was killed.
 */
export type Outcome = 'finished' | 'failed' | 'stopped' | 'refused' | 'killed' | 'crashed';

/** The present run, or the last one; times as ISO 8601. */
export interface Run extends RunRequest {
  readonly id: string;
  readonly status: 'running' | 'stopping' | 'ended';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly outcome?: Outcome;
  /** Of a run that did not end well: what it said last. */
  readonly lastWords?: string;
  /** Below `/reports`, where it left any. */
  readonly folder?: string;
}

export type RunState = Run | { readonly id: 'none'; readonly status: 'idle' };

/** Something that a run told, and when, in ms since 1970. */
export interface Told {
  /** From 1 in each run. */
  readonly number: number;
  readonly at: number;
  readonly progress: Progress;
}

/** One run at a time: two at once would measure each other. */
export interface Runs {
  state(): RunState;
  /** What the present run has told after this number. */
  toldAfter(number: number): readonly Told[];
  /** @throws LabProblem  one is going on, or the page is being stopped */
  start(request: RunRequest): Run;
  /** Asks the run to end; it has ended when the state says so. @throws LabProblem  none is going on */
  stop(): Run;
  /** Calls back after each change; answers how to end that. */
  onChange(listener: () => void): () => void;
  /** Takes no more runs, and ends the present one. Done when that is gone. */
  close(): Promise<void>;
}

export interface RunsOptions {
  readonly commandFor: (request: RunRequest) => Command;
  readonly resultsDir: string;
  /** After which a run that was asked to stop is killed. */
  readonly stopGraceMs?: number;
  /** The same when the page itself is being stopped, which has to be done within 10 s. */
  readonly closeGraceMs?: number;
}

export function openRuns({ commandFor, resultsDir, stopGraceMs = 30_000, closeGraceMs = 8_000 }: RunsOptions): Runs {
  const listeners = new Set<() => void>();
  let run: Run | undefined;
  let child: Child | undefined;
  let told: Told[] = [];
  let count = 0;
  let closing = false;

  const change = (to: Run) => {
    run = to;
    for (const listener of listeners) listener();
    return to;
  };

  const hear = (progress: Progress) => {
    if (!run) return;
    // Nobody looks at the seconds of a trial that is over, and a long run has thousands of them.
    if (progress.type === 'trial') told = told.filter((one) => one.progress.type !== 'second');
    told.push({ number: ++count, at: Date.now(), progress });
    change(progress.type === 'done' ? { ...run, ...placed(progress.folder) } : run);
  };

  /** The folder as the page can show it. */
  const placed = (folder: string) =>
    resolve(dirname(folder)) === resolve(resultsDir) ? { folder: basename(folder) } : {};

  return {
    state: () => run ?? { id: 'none', status: 'idle' },
    toldAfter: (number) => told.filter((one) => one.number > number),

    start(request) {
      if (closing) throw new LabProblem('closing', 'The lab page is being stopped, so no run is started any more.');
      if (child) {
        throw new LabProblem(
          'run-in-progress',
          `A run of ${JSON.stringify(run?.plan)} is going on, and two at once would measure each other: wait for its end, or stop it.`,
        );
      }
      const startedAt = new Date();
      told = [];
      count = 0;
      run = { ...request, id: startedAt.getTime().toString(36), status: 'running', startedAt: startedAt.toISOString() };
      const started = startChild(commandFor(request), hear);
      child = started;
      void started.ended.then(({ exitCode, lastWords }) => {
        child = undefined;
        if (!run) return;
        const outcome = outcomeOf(run, exitCode, told.at(-1)?.progress);
        const isFine = outcome === 'finished' || outcome === 'stopped';
        const end = { status: 'ended', endedAt: new Date().toISOString(), outcome } as const;
        change({ ...run, ...end, ...(!isFine && lastWords !== '' && { lastWords }) });
      });
      return change(run);
    },

    stop() {
      if (!run || !child) throw new LabProblem('no-run', 'There is nothing to stop.');
      if (run.status !== 'stopping') child.stop(stopGraceMs);
      return change({ ...run, status: 'stopping' });
    },

    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      closing = true;
      if (!run || !child) return;
      const { ended } = child;
      child.stop(closeGraceMs);
      change({ ...run, status: 'stopping' });
      await ended;
    },
  };
}

function outcomeOf({ status }: Run, exitCode: number | undefined, last: Progress | undefined): Outcome {
  const isDone = last?.type === 'done';
  if (exitCode === 130) return 'stopped';
  if (exitCode === 2) return 'refused';
  if (isDone && exitCode === 0) return last.partial && status === 'stopping' ? 'stopped' : 'finished';
  if (isDone && exitCode === 1) return 'failed';
  return exitCode === undefined && status === 'stopping' ? 'killed' : 'crashed';
}
