import type { ContenderAnalysis, RateAnalysis } from '../../analysis/model.ts';
import { stackedFigure } from '../bars.ts';
import { dataTable } from '../data-table.ts';
import { markup, type Markup } from '../markup.ts';
import { fixed, NONE, rateText, sum } from '../numbers.ts';
import { byRole, type Look } from '../palette.ts';
import type { PageData, Section } from './page-data.ts';

/** CPU time per paid order and memory, process by process. */
export function costSection({ analysis: { rates }, processes }: PageData): Section | undefined {
  const figures = rates.flatMap((rate) => [
    stacked(rate, processes, {
      title: 'CPU time per paid order',
      axis: 'CPU-ms, user and system, by process; browsing included',
      digits: 1,
      of: ({ cpuByProcess }) => byRole(cpuByProcess),
    }),
    stacked(rate, processes, {
      title: 'Memory',
      axis: 'MB after the load, by process; pages that several share divided among them',
      digits: 0,
      of: ({ memoryByProcess }) => scaled(byRole(memoryByProcess), 1e-6),
    }),
  ]);
  const shown = figures.filter((figure) => figure !== undefined);
  if (shown.length === 0) return undefined;
  return {
    id: 'cost',
    title: 'Cost',
    content: markup`
<p>Everything that a contender consists of is in here: its processes, its database servers and its broker. Medians over trials of each process, so a sum may differ a little from the median of the sums.</p>
${shown}`,
  };
}

interface Amount {
  readonly title: string;
  readonly axis: string;
  readonly digits: number;
  of(contender: ContenderAnalysis): Readonly<Record<string, number>>;
}

/** Undefined where nothing is known. */
function stacked(
  { name, rate, contenders }: RateAnalysis,
  looks: ReadonlyMap<string, Look>,
  { title, axis, digits, of }: Amount,
): Markup | undefined {
  const rows = contenders
    .map((each) => ({ name: each.contender, parts: of(each) }))
    .filter(({ parts }) => Object.keys(parts).length > 0);
  if (rows.length === 0) return undefined;
  return stackedFigure({
    title: `${title}: ${name}, ${rateText(rate)} sessions/s`,
    axis,
    digits,
    looks,
    rows,
    table: processTable([...looks.keys()], rows, digits),
  });
}

/** Processes down, contenders across, their sums below. */
function processTable(
  processes: readonly string[],
  rows: readonly { readonly name: string; readonly parts: Readonly<Record<string, number>> }[],
  digits: number,
): Markup {
  const present = processes.filter((process) => rows.some(({ parts }) => parts[process] !== undefined));
  return dataTable(
    undefined,
    ['process', ...rows.map(({ name }) => name)],
    [
      ...present.map((process) => [
        process,
        ...rows.map(({ parts }) => (parts[process] === undefined ? NONE : fixed(parts[process], digits))),
      ]),
      ['all', ...rows.map(({ parts }) => fixed(sum(Object.values(parts)), digits))],
    ],
  );
}

const scaled = (record: Readonly<Record<string, number>>, factor: number): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value * factor]));
