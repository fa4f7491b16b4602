import { median } from '../analysis/statistics.ts';
import type { PhaseResult, Results, Trial } from '../run/model.ts';
import type { SeriesPoint } from '../load/measures.ts';
import type { LineChart, Stretch } from './line-chart.ts';
import { rateText, sum } from './numbers.ts';

/** A second, or several of them, as the trials saw it. Undefined where none saw any answer. */
export interface Spread {
  readonly middle: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** What a contender did in a stage, second by second, its phases one after the other. */
export interface Timeline {
  readonly contender: string;
  readonly trials: number;
  /** So many seconds are put together, where there are too many to draw. */
  readonly bucket: number;
  /** Where each bucket begins, from the start of the load. */
  readonly seconds: readonly number[];
  /** Answers per second; p99 in ms; share answered in %. */
  readonly answered: readonly Spread[];
  readonly p99: readonly Spread[];
  readonly availability: readonly Spread[];
  readonly hasFailures: boolean;
  /** What counts for nothing. */
  readonly shaded: readonly Stretch[];
  /** Where each fixed rate begins. */
  readonly marks: NonNullable<LineChart['marks']>;
}

/** No chart has more pixels than about twice this. */
const MOST_POINTS = 400;

/** Stages that have a fixed rate, in the order of the run. */
export const stagesOf = ({ trials }: Pick<Results, 'trials'>): string[] => [
  ...new Set(trials.filter(({ phases }) => phases.some(({ kind }) => kind === 'fixed')).map(({ stage }) => stage)),
];

/** Undefined where nothing was carried through. Steps of a search are left out: each has its own point elsewhere. */
export function timelineOf(
  { trials }: Pick<Results, 'trials'>,
  stage: string,
  contender: string,
): Timeline | undefined {
  const own = trials.filter(
    (trial) =>
      trial.stage === stage && trial.contender === contender && trial.status === 'ok' && shownOf(trial).length > 0,
  );
  const columns = own.map((trial) => shownOf(trial));
  const phases = columns.reduce<readonly PhaseResult[]>((most, each) => (each.length > most.length ? each : most), []);
  const lengths = phases.map((_, index) =>
    Math.max(...columns.map((each) => each[index]?.measured.series.length ?? 0)),
  );
  const total = sum(lengths);
  if (total === 0) return undefined;
  const starts = lengths.map((_, index) => sum(lengths.slice(0, index)));
  const bucket = Math.ceil(total / MOST_POINTS);
  const seconds = Array.from({ length: Math.ceil(total / bucket) }, (_, index) => index * bucket);
  const lines = columns.map((each) => bucketed(laidOut(each, starts, total), bucket, seconds));
  const spread = (of: (bucket: Bucket) => number | undefined) =>
    seconds.map((_, index) => spreadOf(lines.flatMap((line) => of(line[index]!) ?? [])));
  return {
    contender,
    trials: own.length,
    bucket,
    seconds,
    answered: spread(({ answered }) => answered),
    p99: spread(({ p99 }) => p99),
    availability: spread(({ availability }) => availability),
    hasFailures: columns.flat().some(({ measured }) => measured.series.some(({ failed }) => failed > 0)),
    shaded: phases.flatMap((phase, index) => shadedOf(phase, starts[index]!, lengths[index]!)),
    marks: phases.flatMap(({ kind, name, rate }, index) =>
      kind === 'fixed' ? [{ at: starts[index]!, label: `${name}, ${rateText(rate)}/s` }] : [],
    ),
  };
}

const shownOf = ({ phases }: Trial): PhaseResult[] => phases.filter(({ kind }) => kind !== 'step');

/** One trial's seconds in one row. */
function laidOut(
  phases: readonly PhaseResult[],
  starts: readonly number[],
  total: number,
): (SeriesPoint | undefined)[] {
  const row = Array.from<SeriesPoint | undefined>({ length: total });
  phases.forEach(({ measured }, index) =>
    measured.series.forEach((point, second) => (row[starts[index]! + second] = point)),
  );
  return row;
}

interface Bucket {
  readonly answered: number | undefined;
  readonly p99: number | undefined;
  readonly availability: number | undefined;
}

/** The mean of answers, the worst of latencies: no stall is averaged away. */
function bucketed(row: readonly (SeriesPoint | undefined)[], size: number, starts: readonly number[]): Bucket[] {
  return starts.map((start) => {
    const points = row.slice(start, start + size).filter((point) => point !== undefined);
    if (points.length === 0) return { answered: undefined, p99: undefined, availability: undefined };
    const [answered, failed] = [sum(points.map((each) => each.answered)), sum(points.map((each) => each.failed))];
    const p99s = points.flatMap(({ p99 }) => p99 ?? []);
    return {
      answered: answered / points.length,
      p99: p99s.length === 0 ? undefined : Math.max(...p99s),
      availability: answered + failed === 0 ? undefined : (100 * answered) / (answered + failed),
    };
  });
}

const spreadOf = (values: readonly number[]): Spread =>
  values.length === 0
    ? { middle: undefined, low: undefined, high: undefined }
    : { middle: median(values), low: Math.min(...values), high: Math.max(...values) };

/** A warm-up, or the seconds before a window opens: the series has them, the window does not. */
function shadedOf({ kind, measured }: PhaseResult, start: number, length: number): Stretch[] {
  if (kind === 'warm-up') return [{ from: start, to: start + length, label: 'warm-up' }];
  const lead = measured.series.length - Math.round(measured.window.ms / 1000);
  return lead > 0 ? [{ from: start, to: start + lead, label: 'lead-in' }] : [];
}
