import { type Estimate, estimate } from '../../analysis/statistics.ts';
import { randomOf } from '../../load/random.ts';
import { stackedFigure } from '../bars.ts';
import { dataTable } from '../data-table.ts';
import { type HopCost, hopCosts } from '../hop-costs.ts';
import { markup, type Markup } from '../markup.ts';
import { estimateText, fixed, NONE, rateText, sum } from '../numbers.ts';
import { byRole, roleOf } from '../palette.ts';
import { countingOf, type Played } from '../../analysis/played.ts';
import type { PageData, Section } from './page-data.ts';

/** What one request costs every process that it goes through, where the processes told how long they were at it. */
export function hopSection(data: PageData): Section | undefined {
  const told = countingOf(data.results).filter(({ phase }) => Object.keys(phase.handlerTimes).length > 0);
  const byName = Map.groupBy(told, ({ phase }) => phase.name);
  const phases = data.analysis.rates.flatMap(({ name }) => {
    const played = byName.get(name);
    return played ? [[name, played] as const] : [];
  });
  if (phases.length === 0) return undefined;
  return {
    id: 'hops',
    title: 'Hop by hop',
    content: markup`
<p>For each request that the front door answered: how much CPU time it took in each process, how many requests reached the process, and how long one stayed there on average, calls to other processes included. All trials that count together.</p>
${phases.map(([name, played]) => hopFigure(name, played, data))}`,
  };
}

interface Hops {
  readonly contender: string;
  readonly hops: readonly HopCost[];
  /** CPU-ms of all processes together, over trials. */
  readonly total: Estimate;
}

function hopFigure(name: string, played: readonly Played[], { looks, processes }: PageData): Markup {
  const contenders = [...looks.keys()].flatMap((contender): Hops[] => {
    const phases = played.filter(({ trial }) => trial.contender === contender).map(({ phase }) => phase);
    const hops = hopCosts(phases);
    const totals = phases.map((phase) => sum(hopCosts([phase]).map(({ cpuMs }) => cpuMs ?? 0)));
    return hops.length === 0
      ? []
      : [{ contender, hops, total: estimate(totals, randomOf(`hops/${name}/${contender}`)) }];
  });
  const { only, rate } = played[0]!.phase;
  return markup`${stackedFigure({
    title: `${name}, ${rateText(rate)} sessions/s`,
    axis: `CPU-ms per ${only === name || !only ? 'request at the front door' : name}, by process`,
    digits: 2,
    looks: processes,
    rows: contenders.map(({ contender, hops }) => ({ name: contender, parts: cpuByRole(hops) })),
    table: hopTable(contenders, [...processes.keys()]),
  })}
<details><summary>By route</summary>${routeTable(contenders)}</details>`;
}

const cpuByRole = (hops: readonly HopCost[]): Record<string, number> =>
  byRole(Object.fromEntries(hops.flatMap(({ process, cpuMs }) => (cpuMs === undefined ? [] : [[process, cpuMs]]))));

/** Processes down, contenders across. */
function hopTable(contenders: readonly Hops[], roles: readonly string[]): Markup {
  const hopOf = ({ hops }: Hops, role: string) => hops.find(({ process }) => roleOf(process) === role);
  const present = roles.filter((role) => contenders.some((each) => hopOf(each, role)));
  return dataTable(
    'CPU-ms; below it, requests that reached the process × mean stay',
    ['process', ...contenders.map(({ contender }) => contender)],
    [
      ...present.map((role) => [role, ...contenders.map((each) => hopCell(hopOf(each, role)))]),
      ['all, median over trials', ...contenders.map(({ total }) => estimateText(total, 2))],
    ],
  );
}

function hopCell(hop: HopCost | undefined): Markup {
  if (!hop) return markup`${NONE}`;
  const { cpuMs, perRequest, meanMs } = hop;
  const stay = perRequest !== undefined && markup`<br><small>${fixed(perRequest, 2)} × ${fixed(meanMs, 1)} ms</small>`;
  return markup`${fixed(cpuMs, 2)}${stay}`;
}

const routeTable = (contenders: readonly Hops[]): Markup =>
  dataTable(
    undefined,
    ['contender', 'process', 'route', 'requests per request', 'mean stay, ms'],
    contenders.flatMap(({ contender, hops }) =>
      hops.flatMap(({ process, routes }) =>
        routes.map(({ route, perRequest, meanMs }) => [
          contender,
          process,
          route,
          perRequest < 0.005 ? '< 0.01' : fixed(perRequest, 2),
          fixed(meanMs, 2),
        ]),
      ),
    ),
    { heads: 3 },
  );
