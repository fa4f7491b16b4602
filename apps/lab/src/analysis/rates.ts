import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { type RequestKind, requestKinds } from '../load/journeys.ts';
import { randomOf } from '../load/random.ts';
import type { PhaseResult, Trial } from '../run/model.ts';
import { metricNames, metrics } from './metrics.ts';
import { type Played, playedOf } from './played.ts';
import type { ContenderAnalysis, MetricName, RateAnalysis } from './model.ts';
import { type Estimate, estimate, median, ratio } from './statistics.ts';

/** Percentiles of the curve: evenly spaced on the scale of HdrHistogram's plots, which gives each nine the same room. */
const CURVE = [
  0, 10, 25, 50, 60, 75, 80, 85, 90, 92.5, 95, 96.25, 97.5, 98, 98.75, 99, 99.25, 99.5, 99.75, 99.9, 99.95, 99.99, 100,
];

/** Each fixed rate of a run with what its contenders did at it.
 *  @param seed  decides what the bootstrap draws */
export function analyzeRates(
  seed: string,
  contenders: readonly string[],
  trials: readonly Trial[],
  baseline: string,
): RateAnalysis[] {
  const names = new Set(trials.flatMap(({ phases }) => phases.filter(isFixed).map(({ name }) => name)));
  return [...names].map((name) => {
    const all = playedAt(name, trials);
    const phasesOf = (contender: string) => countingByBlock(all, contender);
    const base = phasesOf(baseline);
    return {
      name,
      rate: all[0]!.phase.rate,
      contenders: contenders.map((contender) =>
        analyzeContender(
          `${seed}/${name}/${contender}`,
          contender,
          all,
          phasesOf(contender),
          contender === baseline ? undefined : base,
        ),
      ),
    };
  });
}

const isFixed = ({ kind }: PhaseResult) => kind === 'fixed';

/** The fixed rate of this name, whoever played it. */
export const playedAt = (name: string, trials: readonly Trial[]): Played[] =>
  playedOf({ trials }).filter(({ phase }) => isFixed(phase) && phase.name === name);

/** The phase of each block that counts; undefined where there is none. */
export function countingByBlock(played: readonly Played[], contender: string): (PhaseResult | undefined)[] {
  const blocks = Math.max(0, ...played.map(({ trial }) => trial.block));
  return Array.from(
    { length: blocks },
    (_, index) =>
      played.find(
        ({ trial, phase }) =>
          trial.contender === contender && trial.block === index + 1 && trial.status === 'ok' && phase.status === 'ok',
      )?.phase,
  );
}

function analyzeContender(
  seed: string,
  contender: string,
  played: readonly Played[],
  phases: readonly (PhaseResult | undefined)[],
  base: readonly (PhaseResult | undefined)[] | undefined,
): ContenderAnalysis {
  const counting = phases.filter((phase) => phase !== undefined);
  const own = played.filter(({ trial }) => trial.contender === contender);
  const count = (status: PhaseResult['status']) =>
    own.filter(({ trial, phase }) => trial.status === 'ok' && phase.status === status).length;
  const valueOf = (name: MetricName) => (phase: PhaseResult | undefined) => phase && metrics[name].of(phase);
  // A phase in which much was lost does not count for what it cost, and yet for this: else only the good ones would.
  const asked = own
    .filter(({ trial, phase }) => trial.status === 'ok' && phase.status !== 'invalid')
    .map(({ phase }) => phase);
  const eachMetric = (of: (name: MetricName) => Estimate | undefined) =>
    Object.fromEntries(metricNames.flatMap((name) => entryOf(name, of(name)))) as ContenderAnalysis['metrics'];
  return {
    contender,
    trials: {
      ok: count('ok'),
      overloaded: count('overloaded'),
      invalid: count('invalid'),
      failed: own.filter(({ trial }) => trial.status === 'failed').length,
    },
    metrics: eachMetric((name) => {
      const values = (name === 'availability' ? asked : counting)
        .map(valueOf(name))
        .filter((value) => value !== undefined);
      return values.length === 0 ? undefined : estimate(values, randomOf(`${seed}/${name}`));
    }),
    ratios: eachMetric((name) =>
      base ? ratio(phases.map(valueOf(name)), base.map(valueOf(name)), randomOf(`${seed}/${name}/ratio`)) : undefined,
    ),
    percentiles: curveOf(counting),
    kinds: kindsOf(counting),
    cpuByProcess: byProcess(counting, ({ resources, measured }) => {
      const paid = measured.window.orders['paid'] ?? 0;
      return resources && paid > 0 ? mapped(resources.cpuMs, (ms) => ms / paid) : {};
    }),
    memoryByProcess: byProcess(counting, ({ resources }) =>
      resources ? mapped(resources.memory, ({ pss, rss }) => pss ?? rss) : {},
    ),
  };
}

const entryOf = <T>(name: string, value: T | undefined): [string, T][] => (value === undefined ? [] : [[name, value]]);

function curveOf(phases: readonly PhaseResult[]): ContenderAnalysis['percentiles'] {
  const [first, ...others] = phases.map(
    ({ measured }) => decodeFromCompressedBase64(measured.overall.hdr) as Histogram,
  );
  if (!first) return [];
  for (const other of others) first.add(other);
  return CURVE.map((percentile) => [percentile, first.getValueAtPercentile(percentile) / 1000]);
}

function kindsOf(phases: readonly PhaseResult[]): ContenderAnalysis['kinds'] {
  const rows = requestKinds.flatMap((kind): [RequestKind, [number, number, number]][] => {
    const seen = phases.map(({ measured }) => measured.byKind[kind]).filter(({ count }) => count > 0);
    if (seen.length === 0) return [];
    const of = (quantile: 'p50' | 'p95' | 'p99') => median(seen.map((each) => each[quantile]));
    return [[kind, [of('p50'), of('p95'), of('p99')]]];
  });
  return Object.fromEntries(rows);
}

/** Medians over phases, by process. */
function byProcess(
  phases: readonly PhaseResult[],
  of: (phase: PhaseResult) => Readonly<Record<string, number>>,
): Record<string, number> {
  const all = phases.map(of);
  const names = new Set(all.flatMap((each) => Object.keys(each)));
  return Object.fromEntries([...names].map((name) => [name, median(all.flatMap((each) => each[name] ?? []))] as const));
}

const mapped = <T>(record: Readonly<Record<string, T>>, of: (value: T) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
