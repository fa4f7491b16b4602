import type { Behavior } from '@twinstore/contracts';
import type { RequestKind } from '../load/journeys.ts';
import type { Measured } from '../load/measures.ts';
import type { CoreLayout } from '../machine/cores.ts';
import type { EventLoops } from '../machine/event-loop.ts';
import type { HandlerTimes } from '../machine/handler-times.ts';
import type { Manifest } from '../machine/manifest.ts';
import type { Resources, UseSample } from '../machine/resources.ts';
import type { Phase, PlanSummary } from '../plans/plan.ts';
import type { LeftOut } from '../stage/stage.ts';
import type { RunningStore } from '../stage/running-stores.ts';
import type { Audit } from './audit.ts';
import type { Method } from './method.ts';
import type { PhaseStatus } from './verdict.ts';

/** Everything that a run leaves behind (`results.json`); every report is made from this alone. */
export interface Results {
  readonly kind: 'twinstore-lab';
  readonly version: 4;
  readonly plan: PlanSummary;
  readonly startedAt: string;
  /** Of the last trial that is in here. */
  readonly endedAt: string;
  /** Not all planned trials are in here: the run still goes on, or was stopped. */
  readonly partial: boolean;
  readonly plannedTrials: number;
  readonly settings: RunSettings;
  /** Of the plan as it was carried out, as far as it came: what every contender went through. */
  readonly stages: readonly PlayedStage[];
  /** Asked for, and in no trial. */
  readonly leftOut: readonly LeftOut[];
  readonly manifest: Manifest;
  readonly cores: CoreLayout;
  readonly method: Method;
  readonly trials: readonly Trial[];
}

/** A stage with its phases in full: what a later one does depends on what an earlier one found. */
export interface PlayedStage {
  readonly name: string;
  readonly blocks: number;
  readonly phases: readonly Phase[];
}

/** What was chosen for a run. */
export interface RunSettings {
  readonly contenders: readonly string[];
  /** Decides all that is random. */
  readonly seed: string;
  /** In place of the plan's own: blocks, sessions per second and seconds of its fixed rates, seconds of its warm-ups. */
  readonly blocks: number | undefined;
  readonly rate: number | undefined;
  readonly seconds: number | undefined;
  readonly warmUpSeconds: number | undefined;
  /** How the contender's CPU time is bounded: one pool for all its processes, or a fixed part for each. */
  readonly budget: 'shared' | 'split';
  /** Where the microservices keep carts. */
  readonly carts: 'postgres' | 'mongodb';
  /** Stores that ran already; none: contenders were started afresh. */
  readonly stores: readonly RunningStore[];
  /** Everything cut short: it shows that all works, and its numbers mean next to nothing. */
  readonly smoke: boolean;
}

/** Which contender, when. */
export interface TrialSpec {
  readonly contender: string;
  /** Name of the plan's stage. */
  readonly stage: string;
  /** From 1, in its stage. The contenders of one block are asked the very same. */
  readonly block: number;
  /** From 1, in the order of time. */
  readonly number: number;
}

/** One fresh start of a contender, from start to audit. */
export interface Trial extends TrialSpec {
  /** `failed`: it could not be carried through, or the audit found a violation; then nothing of it counts. */
  readonly status: 'ok' | 'failed';
  /** Why it is not `ok`. */
  readonly reason: string;
  readonly startedAt: string;
  /** CPU time in ms, just before, of a fixed piece of work on the contender's cores; see `yardstick`. Undefined where they
   *  are not ours to choose. */
  readonly yardstickMs: number | undefined;
  /** From start to ready, in ms. */
  readonly startMs: number;
  /** Which PostgreSQL it ran on. */
  readonly postgres: string;
  /** Which message broker, where it had one that is ours. */
  readonly broker: string | undefined;
  readonly phases: readonly PhaseResult[];
  /** Of a climb, where the trial had one. */
  readonly capacity: Capacity | undefined;
  readonly audit: Audit | undefined;
}

/** One stretch of load, and what came of it. */
export interface PhaseResult {
  /** `warm-up`, the name of a fixed rate, or `step`. */
  readonly name: string;
  readonly kind: 'warm-up' | 'fixed' | 'step';
  /** Sessions per second. */
  readonly rate: number;
  /** The one kind of request that its sessions were for, where they were no journeys. */
  readonly only: RequestKind | undefined;
  /** How the payment provider behaved, where that was not at once and flawlessly. */
  readonly provider: Partial<Behavior> | undefined;
  readonly status: PhaseStatus;
  /** Why it is not `ok`. */
  readonly reason: string;
  /** Of a step: whether the objective was kept. */
  readonly kept: boolean | undefined;
  /** Digest of all that was planned: equal for all contenders of a block, or they were not asked the same. */
  readonly planDigest: string;
  readonly measured: Measured;
  readonly resources: Resources | undefined;
  /** Event-loop delay by process; empty where the processes do not tell. */
  readonly eventLoops: EventLoops;
  /** How long requests stayed in each process; empty where the processes do not tell. */
  readonly handlerTimes: HandlerTimes;
  /** Where the plan asked for them. */
  readonly samples: readonly UseSample[];
}

/** What a stepped search found. */
export interface Capacity {
  /** Highest rate that kept the objective, in sessions per second; 0 where even the first step missed it. */
  readonly rate: number;
  /** Lowest rate that missed it; undefined where no step did. */
  readonly missedAt: number | undefined;
  /** At `rate`: requests and paid orders per second. */
  readonly answersPerSecond: number;
  readonly ordersPerSecond: number;
}
