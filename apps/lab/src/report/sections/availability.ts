import { metrics } from '../../analysis/metrics.ts';
import { dataTable } from '../data-table.ts';
import { aligned, lineFigure } from '../line-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { estimateText, fixed, rateText, sum } from '../numbers.ts';
import { playedOf } from '../../analysis/played.ts';
import { stagesOf, timelineOf } from '../timeline.ts';
import type { PageData, Section } from './page-data.ts';

/** Which share of the requests that were planned got an answer, by rate and, where some did not, over time. */
export function availabilitySection(data: PageData): Section | undefined {
  const { results, analysis } = data;
  const played = playedOf(results).filter(({ phase }) => phase.kind === 'fixed');
  if (played.length === 0) return undefined;
  const { digits } = metrics.availability;
  const rows = analysis.rates.flatMap(({ name, rate, contenders }) =>
    contenders.flatMap(({ contender, metrics }) => {
      const own = played.filter(({ trial, phase }) => trial.contender === contender && phase.name === name);
      if (own.length === 0) return [];
      const total = (of: 'planned' | 'answered' | 'failed' | 'unfinished' | 'notApplicable') =>
        sum(own.map(({ phase }) => phase.measured[of]));
      const lost = total('failed') + total('unfinished');
      return [
        [
          `${name}, ${rateText(rate)}/s`,
          contender,
          estimateText(metrics.availability, digits),
          fixed(total('planned') === 0 ? undefined : 100 * (1 - lost / total('planned')), digits),
          total('planned'),
          total('answered'),
          total('failed'),
          total('unfinished'),
          total('notApplicable'),
        ],
      ];
    }),
  );
  return {
    id: 'availability',
    title: 'Availability',
    content: markup`
<p>Of the requests that were planned to start while a window was open, those that did not fail and were not left without an answer. Steps that made no sense any more, such as canceling an order that was rejected, are no failures.</p>
${dataTable(undefined, ['rate', 'contender', 'answered %, trials that count', 'answered %, all trials', 'planned', 'answered', 'failed', 'unfinished', 'not applicable'], rows, { heads: 2 })}
${stagesOf(results).map((stage) => overTime(stage, data))}`,
  };
}

/** Only where something failed: a line at 100 % tells nothing. */
function overTime(stage: string, { results, looks }: PageData): Markup | undefined {
  const lines = [...looks.keys()].flatMap((contender) => timelineOf(results, stage, contender) ?? []);
  if (!lines.some(({ hasFailures }) => hasFailures)) return undefined;
  const { xs, values } = aligned(
    lines.map(({ seconds, availability }) =>
      seconds.flatMap((second, index): [number, number][] => {
        const { middle } = availability[index]!;
        return middle === undefined ? [] : [[second, middle]];
      }),
    ),
  );
  const least = values.flat().reduce<number>((low, value) => Math.min(low, value ?? 100), 100);
  const bottom = Math.max(0, Math.min(99, least) - 1);
  return lineFigure({
    title: `Requests answered over time: ${stage}`,
    note: 'Median over trials, by when the answer or the failure came.',
    x: { label: 'Seconds since the load began', from: 0, to: xs.at(-1) },
    y: { label: 'Answered, %', from: bottom, to: 100 + (100 - bottom) * 0.1 },
    xs,
    lines: lines.map(({ contender }, index) => ({ name: contender, ...looks.get(contender)!, values: values[index]! })),
    shaded: lines[0]!.shaded,
    marks: lines[0]!.marks,
  });
}
