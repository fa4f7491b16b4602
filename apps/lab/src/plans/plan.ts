import type { Behavior } from '@twinstore/contracts';
import type { RequestKind } from '../load/journeys.ts';

/** One experiment: who is asked what, how often, and which claim of the chapter the answer is about. */
export interface Plan {
  readonly name: string;
  /** A few words, for a list and for the head of a report. */
  readonly title: string;
  /** What the report answers, as a question. */
  readonly question: string;
  /** Ids of `docs/chapter-map.md`. */
  readonly claims: readonly string[];
  /** A first look: its numbers are to be taken with a grain of salt, and the report says so. */
  readonly isQuick?: true;
  readonly contenders: readonly string[];
  /** One after the other; a later one may build on what an earlier one found. */
  readonly stages: readonly Stage[];
}

/** Every contender once per block, in random order, each time freshly started. */
export interface Stage {
  readonly name: string;
  readonly blocks: number;
  /** What happens to a contender between its start and its audit. */
  phases(found: Found): readonly Phase[];
}

/** What earlier stages found. */
export interface Found {
  /** The least of the contenders' capacities (medians), in sessions per second; undefined where none was measured. */
  readonly leastCapacity: number | undefined;
}

export type Phase = WarmUp | Fixed | Climb;

/** Load that is shown, and counted in nothing. */
export interface WarmUp {
  readonly kind: 'warm-up';
  /** Sessions per second. */
  readonly rate: number;
  readonly seconds: number;
}

/** One rate, measured. */
export interface Fixed {
  readonly kind: 'fixed';
  /** Names it in tables; the same in every trial of the stage. */
  readonly name: string;
  /** Sessions per second. */
  readonly rate: number;
  /** Length of the measured window. */
  readonly seconds: number;
  /** How the payment provider behaves meanwhile; default: at once and flawlessly. */
  readonly provider?: Partial<Behavior>;
  /** In place of the journeys: sessions of this one kind of request, with what it takes before it. */
  readonly only?: RequestKind;
  /** Reads what the processes use every so many seconds, for a load that goes on for long. */
  readonly sampleEverySeconds?: number;
}

/**
 * A stepped search for the highest rate at which the objective is kept: from `from` upward by `factor` until a step
 * misses it in each of its `tries` (where the first does, downward by `factor` until one keeps it), then `halvings` times the middle (geometric) between the last rate that kept it and the first that
 * did not.
 */
export interface Climb {
  readonly kind: 'climb';
  /** Sessions per second. */
  readonly from: number;
  readonly factor: number;
  readonly halvings: number;
  /** Length of each step's measured window. */
  readonly seconds: number;
  /** No more steps upward than this. */
  readonly mostSteps: number;
  /** How often a rate that was missed is tried; default: twice, since one hiccup of the machine must not decide. */
  readonly tries?: 1 | 2;
}

/** What a result says of the plan it comes from. */
export interface PlanSummary extends Pick<Plan, 'name' | 'title' | 'question' | 'claims'> {
  readonly isQuick: boolean;
}

export const summaryOf = ({ name, title, question, claims, isQuick }: Plan): PlanSummary => ({
  name,
  title,
  question,
  claims,
  isQuick: isQuick === true,
});
