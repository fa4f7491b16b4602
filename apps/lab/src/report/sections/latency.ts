import { metricNames, metrics } from '../../analysis/metrics.ts';
import type { RateAnalysis } from '../../analysis/model.ts';
import { requestKinds } from '../../load/journeys.ts';
import { dataTable } from '../data-table.ts';
import { aligned, ends, lineFigure } from '../line-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { estimateText, fixed, NONE, rateText, ratioText } from '../numbers.ts';
import type { Look } from '../palette.ts';
import type { PageData, Section } from './page-data.ts';

/** The numbers of each fixed rate, and its percentile curves. */
export function latencySection({ analysis: { rates }, looks }: PageData): Section | undefined {
  if (rates.length === 0) return undefined;
  const all = rates.flatMap(({ contenders }) =>
    contenders.flatMap(({ percentiles }) => percentiles.filter(isDrawn).map(([, ms]) => ms)),
  );
  const yEnds = ends(all, true);
  return {
    id: 'latency',
    title: 'At fixed rates',
    content: markup`
<p>Latency counts from when a request was meant to start, so a store that falls behind cannot hide it. Medians over the trials that count, in brackets their bootstrap 95 % intervals.</p>
<div class="pair">${rates.map((rate) => percentileChart(rate, looks, yEnds))}</div>
${rates.map(numbersOf)}`,
  };
}

/** The fastest request of all and the slowest say nothing of the others, and the last has no place on the scale. */
const isDrawn = ([at, ms]: readonly [percentile: number, ms: number]) => at > 0 && at < 100 && ms > 0;

/** 90 % is 1, 99 % is 2, 99.9 % is 3: each nine has the same room, as HdrHistogram draws it. */
const nines = (percentile: number) => -Math.log10(1 - percentile / 100);
const percentileTicks = ([50, 90, 99, 99.9, 99.99] as const).map((at) => [nines(at), `${at} %`] as const);

function percentileChart(
  { name, rate, contenders }: RateAnalysis,
  looks: ReadonlyMap<string, Look>,
  yEnds: ReturnType<typeof ends>,
): Markup | undefined {
  const seen = contenders.filter(({ percentiles }) => percentiles.length > 0);
  if (seen.length === 0) return undefined;
  const { xs, values } = aligned(
    seen.map(({ percentiles }) => percentiles.filter(isDrawn).map(([at, ms]) => [nines(at), ms] as const)),
  );
  return lineFigure({
    title: `Latency by percentile: ${name}, ${rateText(rate)} sessions/s`,
    x: { label: 'Share of requests that were at least so fast', from: 0, to: xs.at(-1), ticks: percentileTicks },
    y: { label: 'Latency, ms (logarithmic)', isLog: true, ...yEnds },
    xs,
    lines: seen.map(({ contender }, index) => ({
      name: contender,
      ...looks.get(contender)!,
      values: values[index]!,
    })),
    height: 300,
  });
}

function numbersOf({ name, rate, contenders }: RateAnalysis): Markup {
  const shown = metricNames.filter((metric) => contenders.some(({ metrics }) => metrics[metric]));
  const kinds = requestKinds.filter((kind) => contenders.some((each) => each.kinds[kind]));
  const at = `${name}, ${rateText(rate)} sessions/s`;
  return markup`
<h3>The numbers: ${at}</h3>
${dataTable(
  undefined,
  ['contender', 'trials that count', ...shown.map((metric) => metrics[metric].title)],
  contenders.map(({ contender, trials, metrics: own }) => [
    contender,
    `${trials.ok} of ${trials.ok + trials.overloaded + trials.invalid + trials.failed}`,
    ...shown.map((metric) => valueCell(estimateText(own[metric], metrics[metric].digits))),
  ]),
)}
${
  contenders.some(({ ratios }) => Object.keys(ratios).length > 0) &&
  markup`<details><summary>Ratios to the baseline, within blocks</summary>${dataTable(
    undefined,
    ['contender', ...shown.map((metric) => metrics[metric].title)],
    contenders
      .filter(({ ratios }) => Object.keys(ratios).length > 0)
      .map(({ contender, ratios }) => [contender, ...shown.map((metric) => valueCell(ratioText(ratios[metric])))]),
  )}</details>`
}
${
  kinds.length > 0 &&
  markup`<details><summary>Latency by kind of request</summary>${dataTable(
    'p50 / p95 / p99 in ms, medians over trials',
    ['kind', ...contenders.map(({ contender }) => contender)],
    kinds.map((kind) => [
      kind,
      ...contenders.map(({ kinds }) => kinds[kind]?.map((ms) => fixed(ms, 1)).join(' / ') ?? NONE),
    ]),
  )}</details>`
}`;
}

/** The interval below its median, smaller: a column then is half as wide. */
function valueCell(text: string): Markup {
  const [value = '', ...interval] = text.split(' ');
  return markup`${value}${interval.length > 0 && markup`<br><small>${interval.join(' ')}</small>`}`;
}
