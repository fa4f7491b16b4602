import { ends, lineFigure, type LineChart } from '../line-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { stagesOf, type Timeline, timelineOf } from '../timeline.ts';
import type { PageData, Section } from './page-data.ts';

/** Second by second, warm-up included. */
export function overTimeSection({ results, looks }: PageData): Section | undefined {
  const stages = stagesOf(results).flatMap((stage) => {
    const lines = [...looks.keys()].flatMap((contender) => timelineOf(results, stage, contender) ?? []);
    return lines.length === 0 ? [] : [{ stage, lines }];
  });
  if (stages.length === 0) return undefined;
  return {
    id: 'time',
    title: 'Over time',
    content: markup`
<p>Each line is the median over trials, the band reaches from the lowest trial to the highest. What is shaded was not counted: warm-up, and the lead-in of each window. Axes are the same for all contenders.</p>
${stages.map(({ stage, lines }) => markup`${stages.length > 1 && markup`<h3>Stage: ${stage}</h3>`}<div class="pair">${charts(lines, looks)}</div>`)}`,
  };
}

function charts(lines: readonly Timeline[], looks: PageData['looks']): Markup[] {
  const latencyEnds = ends(
    lines.flatMap(({ p99 }) => p99.flatMap(({ low, high }) => [low, high])),
    true,
    1.8,
  );
  const rateEnds = ends(
    lines.flatMap(({ answered }) => answered.map(({ high }) => high)),
    false,
    1.2,
  );
  return lines.flatMap((line) => {
    const { color } = looks.get(line.contender)!;
    return [
      lineFigure({
        ...frame(line, 'p99', color),
        title: `${line.contender}: p99 latency`,
        y: { label: `p99 of ${bucketText(line)}, ms (logarithmic)`, isLog: true, ...latencyEnds },
      }),
      lineFigure({
        ...frame(line, 'answered', color),
        title: `${line.contender}: answers`,
        y: { label: 'Answers per second', ...rateEnds },
      }),
    ];
  });
}

function frame(line: Timeline, value: 'p99' | 'answered', color: string): Omit<LineChart, 'title' | 'y'> {
  const { seconds, shaded, marks, trials } = line;
  const name = trials === 1 ? 'one trial' : `median of ${trials} trials`;
  return {
    x: { label: 'Seconds since the load began', from: 0, to: seconds.at(-1) },
    xs: seconds,
    lines: [
      { name, color, dash: [], values: line[value].map(({ middle }) => middle) },
      ...(trials > 1
        ? [
            { name: 'highest', color, dash: [], isEdge: true, values: line[value].map(({ high }) => high) },
            { name: 'lowest', color, dash: [], isEdge: true, values: line[value].map(({ low }) => low) },
          ]
        : []),
    ],
    ...(trials > 1 && { band: [1, 2] as const }),
    shaded,
    marks,
    height: 190,
  };
}

const bucketText = ({ bucket }: Timeline) => (bucket === 1 ? 'each second' : `the worst second of each ${bucket}`);
