import { dataTable } from '../data-table.ts';
import { aligned, ends, lineFigure } from '../line-chart.ts';
import { markup, type Markup } from '../markup.ts';
import { fixed, NONE, rateText, sum } from '../numbers.ts';
import { byRole } from '../palette.ts';
import { playedOf, type Played } from '../../analysis/played.ts';
import type { PageData, Section } from './page-data.ts';

const MB = 1e6;

/** Memory over time, where a plan took samples of it. */
export function growthSection(data: PageData): Section | undefined {
  const sampled = playedOf(data.results).filter(
    ({ trial, phase }) => trial.status === 'ok' && phase.samples.length > 1,
  );
  const phases = [...Map.groupBy(sampled, ({ phase }) => phase.name)];
  if (phases.length === 0) return undefined;
  return {
    id: 'growth',
    title: 'Memory over time',
    content: markup`${phases.map(([name, played]) => phaseGrowth(name, played, data))}`,
  };
}

function phaseGrowth(name: string, played: readonly Played[], { looks, processes }: PageData): Markup {
  // One line per contender: its first trial. A band over so few would say nothing that the table does not.
  const firsts = [...looks.keys()].flatMap(
    (contender) => played.find(({ trial }) => trial.contender === contender) ?? [],
  );
  const { xs, values } = aligned(
    firsts.map(({ phase }) =>
      phase.samples.map(({ second, rssBytes }) => [second, sum(Object.values(rssBytes)) / MB] as const),
    ),
  );
  const rows = firsts.flatMap(({ trial, phase: { samples } }) => {
    const [first, last] = [byRole(samples[0]!.rssBytes), byRole(samples.at(-1)!.rssBytes)];
    return [...processes.keys()].flatMap((process) => {
      const [before, after] = [first[process], last[process]];
      if (before === undefined || after === undefined) return [];
      const change =
        before === 0 ? NONE : `${after >= before ? '+' : '−'}${fixed(Math.abs(after / before - 1) * 100, 0)} %`;
      return [[trial.contender, process, fixed(before / MB, 0), fixed(after / MB, 0), change]];
    });
  });
  return markup`
${lineFigure({
  title: `Memory of all processes: ${name}, ${rateText(firsts[0]!.phase.rate)} sessions/s`,
  note: 'RSS, where a page that several processes share counts several times: its growth says more than its height. PostgreSQL grows at first by itself, as its processes touch what they share.',
  x: { label: 'Seconds since the load began', from: 0, to: xs.at(-1) },
  y: { label: 'MB', ...ends(values.flat(), false) },
  xs,
  lines: firsts.map(({ trial }, index) => ({
    name: trial.contender,
    ...looks.get(trial.contender)!,
    values: values[index]!,
  })),
  height: 300,
})}
<details><summary>By process, first and last sample</summary>${dataTable(undefined, ['contender', 'process', 'first, MB', 'last, MB', 'change'], rows, { heads: 2 })}</details>`;
}
