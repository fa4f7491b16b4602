import { checkoutReserves, checkoutRows } from '../analysis/checkout-times.ts';
import { comparisons, type Group, valuesByBlock } from '../analysis/comparisons.ts';
import { isCheckout, requestKinds } from '../load/journeys.ts';
import { type Metric, metrics } from '../analysis/metrics.ts';
import type { Results } from '../run/results.ts';
import { median } from '../analysis/statistics.ts';
import type { LeftOut } from '../stage/stage.ts';
import { table } from './table.ts';
import type { Trial } from '../run/trial.ts';

/** One trial in one line. */
export function trialLine({ block, contender, status, reason, measured, resources, audit }: Trial): string {
  const head = `block ${block}, ${contender}: ${status}`;
  if (!measured) return `${head}, ${reason}`;
  const orders = measured.window.orders['paid'] ?? 0;
  const cpu = resources && orders > 0 ? `, ${(resources.contenderCpuMs / orders).toFixed(1)} CPU-ms per order` : '';
  const rate = ((measured.window.answers * 1000) / measured.window.ms).toFixed(0);
  const { p50, p99 } = measured.overall;
  const faults = audit?.violations.length ? `${audit.violations.length} VIOLATIONS` : 'audit clean';
  const why = reason && `, ${reason}`;
  return `${head}${why}; ${rate} answers/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${cpu}, ${faults}`;
}

/** The whole report as text: tables, then what they allow to be said. */
export function report(results: Results): string {
  const groups = byContender(results);
  const parts = [
    results.partial ? `PARTIAL: ${results.trials.length} of ${results.plannedTrials} trials were carried through.` : '',
    overview(groups),
    byKind(groups),
    checkouts(results),
    sentences(results, groups).join('\n'),
  ];
  return `\n${parts.filter(Boolean).join('\n\n')}`;
}

function byContender({ trials, settings }: Results): Group[] {
  return settings.contenders.map((contender) => {
    const all = trials.filter((trial) => trial.contender === contender);
    const counting = Array.from({ length: settings.blocks }, (_, index) =>
      all.find(({ block, status }) => block === index + 1 && status === 'ok'),
    );
    return { contender, all, counting };
  });
}

const columns = [
  metrics.throughput,
  metrics.p50,
  metrics.p95,
  metrics.p99,
  metrics.cpuPerOrder,
  metrics.cpuPerAnswer,
  metrics.memory,
];

function overview(groups: readonly Group[]): string {
  const head = ['contender', 'trials ok', ...columns.map(({ title }) => title), 'errors'];
  const rows = groups.map(({ contender, all, counting }) => [
    contender,
    `${counting.filter(Boolean).length}/${all.length}`,
    ...columns.map((metric) => cell(valuesOf(metric, counting), metric.digits)),
    `${errorsOf(all)}`,
  ]);
  return `Median over the trials that count (lowest to highest). CPU-ms/order: all CPU time, browsing included, by paid orders.\n${table([head, ...rows])}`;
}

function byKind(groups: readonly Group[]): string {
  const kinds = requestKinds.filter((kind) => !isCheckout(kind));
  const rows = kinds.map((kind) => [
    kind,
    ...groups.map(({ counting }) => {
      const seen = counting.flatMap((trial) => trial?.measured?.byKind[kind] ?? []).filter(({ count }) => count > 0);
      if (seen.length === 0) return '-';
      return (['p50', 'p95', 'p99'] as const).map((quantile) => middle(seen.map((each) => each[quantile]))).join(' / ');
    }),
  ]);
  const head = ['request', ...groups.map(({ contender }) => contender)];
  return `p50 / p95 / p99 in ms from the intended start, medians over trials\n${table([head, ...rows])}`;
}

/** A 202 promises an outcome and a 201 has it, so a table of their own keeps their times apart. */
function checkouts({ checkouts }: Results): string {
  return `Checkouts in ms from the intended start: median over trials [bootstrap 95 % interval]. Accepted: the answer to
Prefer: wait=0. Confirmed: the 201 of those that waited for it; those answered 202 are counted, and are in no time.\n${table(checkoutRows(checkouts))}`;
}

/** What may be said, and with what reserve. */
function sentences(results: Results, groups: readonly Group[]): string[] {
  const { settings, cores, trials, manifest } = results;
  return [
    ...results.leftOut.map(leftOutSentence),
    ...comparisons(settings.seed, groups),
    ...checkoutReserves(results.checkouts),
    ...trials
      .filter(({ status }) => status !== 'ok')
      .map(
        ({ number, contender, status, reason }) => `Not counted: trial ${number}, ${contender}, ${status}: ${reason}.`,
      ),
    ...violations(trials),
    ...sameQuestions(trials),
    ...disturbances(trials),
    ...generatorCost(trials),
    cores.sentence,
    ...(settings.stores.length > 0 ? ranAlready(results) : cartStores(results)),
    `This is the first version of the lab: one rate, ${settings.rate} sessions per second, and not the capacity of either ` +
      `architecture; one machine (${manifest.cpu}, ${manifest.cores} cores), so it says nothing about scaling out.`,
  ];
}

export const leftOutSentence = ({ contender, why }: LeftOut): string => `${contender} was left out: ${why}.`;

const VIOLATIONS_SHOWN = 5;

function violations(trials: readonly Trial[]): string[] {
  return trials.flatMap(({ number, audit }) => {
    const all = audit?.violations ?? [];
    const shown = all.slice(0, VIOLATIONS_SHOWN).map((what) => `VIOLATION in trial ${number}: ${what}.`);
    const rest = all.length - shown.length;
    return rest > 0 ? [...shown, `... and ${rest} more in trial ${number}, listed in the raw results.`] : shown;
  });
}

/** What is weaker about a comparison of stores that were not started for it. */
function ranAlready({ trials }: Results): string[] {
  const untold = trials.some(({ measured, resources }) => measured && !resources);
  return [
    'The stores ran already: no trial was a fresh start, and what happened before is in all of them.',
    "CPU time and memory (RSS) are those of the app processes alone, from their own /metrics: the DATABASES' AND A BROKER'S ARE NOT COUNTED.",
    'With docker-compose.yml as it is, the microservices keep carts in MongoDB and the monolith in PostgreSQL, so this ' +
      'compares two databases as well.',
    ...(untold ? ['Where /metrics could not be read, or several workers share a port, there are no CPU times.'] : []),
  ];
}

function cartStores({ settings, trials }: Results): string[] {
  if (settings.carts === 'postgres') return ['Carts are in PostgreSQL on both sides.'];
  const isCounted = trials.some(({ resources }) => resources?.cpuMs['mongodb'] !== undefined);
  return [
    'Carts: the microservices keep them in MongoDB, the monolith in PostgreSQL, so this compares two databases as well.',
    ...(isCounted ? [] : ['That MongoDB was given by MONGODB_URL: its CPU time and memory are NOT in the table.']),
  ];
}

function sameQuestions(trials: readonly Trial[]): string[] {
  const blocks = Map.groupBy(
    trials.filter(({ planDigest }) => planDigest !== ''),
    ({ block }) => block,
  );
  return [...blocks].flatMap(([block, same]) =>
    new Set(same.map(({ planDigest }) => planDigest)).size > 1
      ? [`The contenders of block ${block} were NOT asked the same: their catalogs differ.`]
      : [],
  );
}

function disturbances(trials: readonly Trial[]): string[] {
  const shares = trials.flatMap(({ measured, resources }) =>
    measured && resources ? [(resources.disturbanceMs / measured.window.ms) * 100] : [],
  );
  const most = Math.max(0, ...shares);
  if (most < 5) return [];
  return [
    `Other programs and machines used up to ${most.toFixed(0)} % of a core of the contender's during a trial ` +
      `(median ${middle(shares, 0)} %): repeat this on a quiet machine before you believe small differences.`,
  ];
}

function generatorCost(trials: readonly Trial[]): string[] {
  const seen = trials.flatMap(({ measured, resources }) => (measured && resources ? [{ measured, resources }] : []));
  if (seen.length === 0) return ['This system does not tell what processes use: no CPU times and no memory.'];
  const cpu = seen.map(({ measured, resources }) => (resources.generatorCpuMs / measured.window.ms) * 100);
  const provider = seen.map(({ measured, resources }) => (resources.outsideCpuMs / measured.window.ms) * 100);
  const late = seen.map(({ measured }) => measured.lateness.p99);
  return [
    `The generator used ${middle(cpu, 0)} % of a core and sent 99 % of requests within ${middle(late)} ms of their time; ` +
      `the payment provider, outside both stores and not counted, used ${middle(provider, 0)} %.`,
  ];
}

const valuesOf = (metric: Metric, trials: readonly (Trial | undefined)[]): number[] =>
  valuesByBlock(metric, trials).filter((value) => value !== undefined);

function cell(values: readonly number[], digits: number): string {
  if (values.length === 0) return '-';
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const range = values.length > 1 ? ` (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})` : '';
  return `${median(values).toFixed(digits)}${range}`;
}

const middle = (values: readonly number[], digits = 1): string => median(values).toFixed(digits);

const errorsOf = (trials: readonly Trial[]): number =>
  trials.reduce((sum, { measured }) => sum + (measured ? measured.failed + measured.unfinished : 0), 0);
