import type { PlanSummary } from '../plans/plan.ts';
import type { PhaseResult, Trial } from './model.ts';

/** What a run tells while it goes on; plain data, since it is also sent to whoever watches from another process. */
export type Progress =
  | {
      readonly type: 'planned';
      readonly plan: PlanSummary;
      readonly contenders: readonly string[];
      readonly trials: number;
      readonly expectedMs: number;
      /** How it will be done, in sentences. */
      readonly notes: readonly string[];
    }
  /** `contender` is being started. */
  | {
      readonly type: 'trial';
      readonly number: number;
      readonly of: number;
      readonly contender: string;
      readonly stage: string;
      readonly block: number;
      readonly remainingMs: number;
    }
  | {
      readonly type: 'phase';
      readonly contender: string;
      readonly name: string;
      readonly rate: number;
      readonly seconds: number;
    }
  /** One second of load has gone by. Latencies in ms, of answers that came in that second; undefined without any. */
  | {
      readonly type: 'second';
      readonly contender: string;
      readonly phase: string;
      readonly rate: number;
      readonly second: number;
      readonly answered: number;
      readonly failed: number;
      readonly p50: number | undefined;
      readonly p99: number | undefined;
    }
  | {
      readonly type: 'phase-ended';
      readonly contender: string;
      readonly name: string;
      readonly rate: number;
      readonly status: PhaseResult['status'];
      readonly reason: string;
      readonly kept: boolean | undefined;
      readonly answersPerSecond: number;
      readonly p50: number;
      readonly p99: number;
      readonly cpuMsPerOrder: number | undefined;
    }
  | {
      readonly type: 'trial-ended';
      readonly number: number;
      readonly of: number;
      readonly contender: string;
      readonly status: Trial['status'];
      /** The trial in one line. */
      readonly line: string;
      readonly remainingMs: number;
    }
  | { readonly type: 'note'; readonly text: string }
  /** `folder`: where the reports are. */
  | {
      readonly type: 'done';
      readonly folder: string;
      readonly partial: boolean;
      readonly exitCode: number;
      readonly verdicts: readonly string[];
    };

export type Tell = (progress: Progress) => void;
