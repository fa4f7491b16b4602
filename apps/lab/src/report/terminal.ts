import { metricNames, metrics } from '../analysis/metrics.ts';
import type { Analysis, RateAnalysis } from '../analysis/model.ts';
import type { Results } from '../run/model.ts';
import { capacityRows } from './capacity-rows.ts';
import { counted, NONE, rateText } from './numbers.ts';
import { table } from './table.ts';
import { byTopic, NOT_ASKED, warnings } from './words.ts';

/** The report as text: verdicts, tables, and what has to be known before they are believed. */
export function terminalReport(results: Results, analysis: Analysis): string {
  const parts = [
    warnings(results).join('\n'),
    verdicts(analysis),
    capacities(analysis),
    ...analysis.rates.map(rateTable),
    analysis.reserves.length > 0 ? `Before you believe it\n${listed(analysis.reserves)}` : '',
  ];
  return `\n${parts.filter(Boolean).join('\n\n')}`;
}

const verdicts = (analysis: Analysis): string =>
  byTopic(analysis.verdicts)
    .map(({ title, verdicts }) => {
      const sentences = verdicts.map(({ sentence }) => sentence);
      return `${title}\n${listed(sentences.length > 0 ? sentences : [NOT_ASKED])}`;
    })
    .join('\n');

function capacities(analysis: Analysis): string {
  const rows = capacityRows(analysis);
  if (rows.length === 0) return '';
  const head = ['contender', 'sessions/s', 'requests/s', 'paid orders/s', 'to the baseline'];
  return `Capacity at the objective: median [bootstrap 95 % interval]\n${table([head, ...rows])}`;
}

/** So wide that it fits a usual terminal: the intervals of all metrics are in the other reports. */
function rateTable({ name, rate, contenders }: RateAnalysis): string {
  const shown = metricNames.filter((metric) => contenders.some((each) => each.metrics[metric]));
  const head = ['contender', 'counted', ...shown.map((metric) => metrics[metric].title)];
  const rows = contenders.map(({ contender, trials, metrics: own }) => [
    contender,
    `${trials.ok}/${trials.ok + trials.overloaded + trials.invalid + trials.failed}`,
    ...shown.map((metric) => own[metric]?.median.toFixed(metrics[metric].digits) ?? NONE),
  ]);
  const most = Math.max(0, ...contenders.map(({ trials }) => trials.ok));
  return `${name}, ${rateText(rate)} sessions/s: medians over up to ${counted(most, 'trial')}\n${table([head, ...rows])}`;
}

const listed = (sentences: readonly string[]): string => sentences.map((sentence) => `  - ${sentence}`).join('\n');
