import type { Measured } from '../load/measures.ts';
import type { Resources } from '../machine/resources.ts';

/** `ok` trials are the only ones that go into a result. `overloaded`: the store could not keep up with what was asked.
 *  `invalid`: the generator could not ask as planned. `failed`: the trial could not be carried through. */
export type TrialStatus = 'ok' | 'overloaded' | 'invalid' | 'failed';

export const bounds = {
  /** 99 % of requests must leave no later than so many ms after they could; more would distort what is measured. */
  latenessP99Ms: 20,
  /** Share of one core that the generator may use: beyond it, it is not sure to be on time. */
  generatorShare: 0.85,
  /** Share of planned requests that may have failed or not been answered by the end. */
  lostShare: 0.01,
  /** Share of planned requests that has to be answered while the window is open: less, and a queue is growing. */
  answeredShare: 0.95,
} as const;

export interface Verdict {
  readonly status: TrialStatus;
  /** Empty for `ok`, else why not. */
  readonly reason: string;
}

/** Judges a trial that was carried through. */
export function judge(measured: Measured, resources: Resources | undefined): Verdict {
  const { lateness, planned, failed, unfinished, window } = measured;
  const generatorShare = (resources?.generatorCpuMs ?? 0) / window.ms;
  const lost = (failed + unfinished) / planned;
  if (planned === 0)
    return { status: 'invalid', reason: 'no request was planned: the rate or the duration is too small' };
  if (lateness.p99 > bounds.latenessP99Ms) {
    return { status: 'invalid', reason: `the generator sent 1 % of requests over ${lateness.p99.toFixed(0)} ms late` };
  }
  if (generatorShare > bounds.generatorShare) {
    return { status: 'invalid', reason: `the generator used ${percent(generatorShare)} of a core` };
  }
  if (lost > bounds.lostShare) {
    return { status: 'overloaded', reason: `${percent(lost)} of requests failed or were never answered` };
  }
  if (window.answers < planned * bounds.answeredShare) {
    return {
      status: 'overloaded',
      reason: `${window.answers} of ${planned} requests were answered in time: a queue grew`,
    };
  }
  return { status: 'ok', reason: '' };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
