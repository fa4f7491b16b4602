import { metricNames, metrics } from '../analysis/metrics.ts';
import type { Analysis, RateAnalysis } from '../analysis/model.ts';
import type { Results } from '../run/model.ts';
import { capacityRows } from './capacity-rows.ts';
import { counted, estimateText, rateText, timeText } from './numbers.ts';
import { repeatCommand } from './repeat.ts';
import { byTopic, NOT_ASKED, warnings } from './words.ts';

/** The report for a pull request. */
export function markdownReport(results: Results, analysis: Analysis): string {
  const { plan } = results;
  const parts = [
    `## ${plain(plan.title)}`,
    plain(plan.question),
    ...warnings(results).map((warning) => `> **${plain(warning)}**`),
    verdicts(analysis),
    capacities(analysis),
    ...analysis.rates.map(rateTable),
    reserves(analysis),
    repeat(results),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function verdicts({ verdicts }: Analysis): string {
  const groups = byTopic(verdicts).map(({ title, verdicts }) => {
    const lines = verdicts.map(({ outcome, sentence }) =>
      outcome === 'difference' ? `- **${plain(sentence)}**` : `- ${plain(sentence)}`,
    );
    return `**${title}**\n\n${lines.length > 0 ? lines.join('\n') : `- ${NOT_ASKED}`}`;
  });
  return `### Verdicts\n\n${groups.join('\n\n')}`;
}

function capacities(analysis: Analysis): string {
  const rows = capacityRows(analysis);
  if (rows.length === 0) return '';
  return `### Capacity at the objective\n\n${grid(['contender', 'sessions/s', 'requests/s', 'paid orders/s', 'to the baseline'], rows)}`;
}

function rateTable({ name, rate, contenders }: RateAnalysis): string {
  const shown = metricNames.filter((metric) => contenders.some((each) => each.metrics[metric]));
  const rows = contenders.map(({ contender, trials, metrics: own }) => [
    contender,
    `${trials.ok} of ${trials.ok + trials.overloaded + trials.invalid + trials.failed}`,
    ...shown.map((metric) => estimateText(own[metric], metrics[metric].digits)),
  ]);
  const head = ['contender', 'trials that count', ...shown.map((metric) => metrics[metric].title)];
  return `### ${plain(name)}: ${rateText(rate)} sessions/s\n\nMedians over trials, in brackets bootstrap 95 % intervals.\n\n${grid(head, rows)}`;
}

const reserves = ({ reserves }: Analysis): string =>
  reserves.length === 0
    ? ''
    : `### Before you believe it\n\n${reserves.map((reserve) => `- ${plain(reserve)}`).join('\n')}`;

function repeat(results: Results): string {
  const { manifest, trials, startedAt } = results;
  const where = `${counted(trials.length, 'trial')}, begun ${timeText(startedAt)}, on ${manifest.cpu} (${counted(manifest.cores, 'core')}), Node ${manifest.node.replace(/^v/, '')}, commit ${manifest.commit ?? 'unknown'}.`;
  return `### To repeat it\n\n\`\`\`sh\n${repeatCommand(results)}\n\`\`\`\n\n${plain(where)}`;
}

const grid = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row, index) => `| ${row.map((cell) => (index === 1 ? cell : plain(cell))).join(' | ')} |`)
    .join('\n');

/** Text from data stays text: no HTML, no new line, no cell that ends early, no emphasis out of an underscore. */
const plain = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_|]/g, String.raw`\$&`)
    .replaceAll(/\s+/g, ' ');
