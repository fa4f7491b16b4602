import { median } from '../../analysis/statistics.ts';
import type { PhaseResult } from '../../run/model.ts';
import { estimateFigure } from '../bars.ts';
import { capacityRows } from '../capacity-rows.ts';
import { dataTable } from '../data-table.ts';
import { aligned, ends, lineFigure } from '../line-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { playedOf } from '../../analysis/played.ts';
import type { PageData, Section } from './page-data.ts';

/** How much each contender serves at the objective, and how latency rises on the way there. */
export function capacitySection(data: PageData): Section | undefined {
  const { analysis, looks, results } = data;
  const found = analysis.capacities.filter(({ rate }) => rate);
  const climb = climbChart(data);
  if (found.length === 0 && !climb) return undefined;
  const { p99Ms, errorShare } = results.method.objective;
  const objective = `p99 within ${p99Ms} ms and no more than ${Number((errorShare * 100).toPrecision(2))} % of requests failed`;
  const bars = estimateFigure({
    title: 'Capacity at the objective',
    note: `Highest rate that kept the objective: ${objective}; bracket: 95 % interval`,
    axis: 'Sessions per second',
    digits: 1,
    looks,
    rows: analysis.capacities.map(({ contender, rate }) => ({ name: contender, estimate: rate })),
    table: dataTable(
      undefined,
      ['contender', 'sessions/s', 'requests/s', 'paid orders/s', 'to the baseline', 'searches'],
      capacityRows(analysis).map((row, index) => [...row, analysis.capacities[index]!.rate?.trials ?? 0]),
    ),
  });
  return {
    id: 'capacity',
    title: 'Capacity',
    content: markup`${found.length > 0 && bars}${climb}`,
  };
}

/** Throughput against latency, from the steps of the searches: medians over trials at each rate. */
function climbChart({ results, looks }: PageData): Markup | undefined {
  const steps = playedOf(results).filter(
    ({ trial, phase }) =>
      phase.kind === 'step' && trial.status === 'ok' && phase.status !== 'invalid' && phase.measured.overall.count > 0,
  );
  if (steps.length === 0) return undefined;
  const curves = [...looks].flatMap(([name, look]) => {
    const own = steps.filter(({ trial }) => trial.contender === name).map(({ phase }) => phase);
    return own.length === 0 ? [] : [{ name, ...look, path: curveOf(own) }];
  });
  const { xs, values } = aligned(curves.map(({ path }) => path));
  const { p99Ms } = results.method.objective;
  return lineFigure({
    title: 'Throughput against latency',
    note: 'Each point is a rate of the search, medians over trials, joined in the order of the rates. Where a line turns up, the contender gives up.',
    x: { label: 'Answers per second', from: 0, to: (xs.at(-1) ?? 1) * 1.05 },
    y: { label: 'p99 latency, ms (logarithmic)', isLog: true, ...ends([...values.flat(), p99Ms], true) },
    xs,
    lines: curves.map((curve, index) => ({ ...curve, values: values[index]!, hasPoints: true })),
    level: { at: p99Ms, label: `objective: ${p99Ms} ms` },
    height: 340,
  });
}

/** (answers/s, p99 ms) at each rate, from the lowest rate to the highest. */
function curveOf(steps: readonly PhaseResult[]): [number, number][] {
  const byRate = [...Map.groupBy(steps, ({ rate }) => rate)].sort(([a], [b]) => a - b);
  return byRate.map(([, same]) => [
    median(same.map(({ measured: { window } }) => (window.answers * 1000) / window.ms)),
    median(same.map(({ measured }) => measured.overall.p99)),
  ]);
}
