import type { Measured } from '../load/measures.ts';
import type { Resources } from '../machine/resources.ts';

/** `ok` phases are the only ones that go into a result. `overloaded`: the store could not keep up with what was asked.
 *  `invalid`: the generator could not ask as planned. */
export type PhaseStatus = 'ok' | 'overloaded' | 'invalid';

export const bounds = {
  /** 99 % of requests must leave no later than so many ms after they could; more would distort what is measured. */
  latenessP99Ms: 20,
  /** Share of its core that the generator, and whoever is pinned to that core with it, may use: beyond it, it is not sure
   *  to be on time, and what is measured may be the payment provider's limit. */
  generatorCoreShare: 0.85,
  /** Share of planned requests that may have failed or not been answered by the end. */
  lostShare: 0.01,
  /** Share of planned requests that has to be answered while the window is open: less, and a queue is growing. */
  answeredShare: 0.95,
} as const;

/** What a store has to keep at a rate for the rate to count as within its capacity. */
export const objective = { p99Ms: 250, errorShare: 0.001 } as const;

export interface Judgement {
  readonly status: PhaseStatus;
  /** Empty for `ok`, else why not. */
  readonly reason: string;
}

const fine: Judgement = { status: 'ok', reason: '' };

/** Judges a phase that was carried through.
 *  @param isFaulty  something outside the store was made to fail: what gets lost is then the result, not the store's
 *    being overloaded */
export function judge(measured: Measured, resources: Resources | undefined, isFaulty = false): Judgement {
  const { lateness, planned, window } = measured;
  const coreShare = (resources?.generatorCoreMs ?? 0) / window.ms;
  const lost = lostShare(measured);
  if (planned === 0)
    return { status: 'invalid', reason: 'no request was planned: the rate or the duration is too small' };
  if (lateness.p99 > bounds.latenessP99Ms) {
    return { status: 'invalid', reason: `the generator sent 1 % of requests over ${lateness.p99.toFixed(0)} ms late` };
  }
  if (coreShare > bounds.generatorCoreShare) {
    return { status: 'invalid', reason: `the generator's core was busy for ${percent(coreShare)} of the time` };
  }
  if (isFaulty) return fine;
  if (lost > bounds.lostShare) {
    return { status: 'overloaded', reason: `${percent(lost)} of requests failed or were never answered` };
  }
  if (window.answers < planned * bounds.answeredShare) {
    return {
      status: 'overloaded',
      reason: `${window.answers} of ${planned} requests were answered in time: a queue grew`,
    };
  }
  return fine;
}

/** Of the requests that were planned, how many failed or were never answered. */
export const lostShare = ({ failed, unfinished, planned }: Measured): number =>
  planned === 0 ? 0 : (failed + unfinished) / planned;

/** Whether a step that was not invalid kept the objective; '' or how it missed it. */
export function missOf(measured: Measured, judgement: Judgement): string {
  if (judgement.status !== 'ok') return judgement.reason;
  const { p99 } = measured.overall;
  if (p99 > objective.p99Ms) return `p99 was ${p99.toFixed(0)} ms`;
  const lost = lostShare(measured);
  return lost > objective.errorShare ? `${percent(lost)} of requests failed` : '';
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
