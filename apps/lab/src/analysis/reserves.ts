import type { PhaseResult, Results, Trial } from '../run/model.ts';
import { type Played, playedOf, yardsticksOf } from './played.ts';
import { median } from './statistics.ts';

const VIOLATIONS_SHOWN = 5;
/** Below so much of a core, others did not disturb. */
const DISTURBED_PERCENT = 5;
/** Of a phase's p99: more of it than this may not be the generator's lateness without a word. */
const MUCH_OF_LATENCY = 0.2;

/** What a reader has to know before believing any of it. */
export function reservesOf(results: Results): string[] {
  const { trials, cores, settings, leftOut, manifest } = results;
  const played = playedOf(results);
  const fixed = played.filter(({ phase }) => phase.kind === 'fixed');
  return [
    ...leftOut.map(({ contender, why }) => `${contender} was left out: ${why}.`),
    ...trials.flatMap(notCounted),
    ...trials.flatMap(violations),
    ...sameQuestions(played),
    ...limitedSearches(trials),
    ...machineSpeed(results),
    ...disturbances(played),
    ...throttling(played),
    ...generatorCost(played),
    ...latePhases(fixed),
    ...checkoutReserves(settings.contenders, fixed),
    cores.sentence,
    ...(settings.stores.length > 0 ? ranAlready(played) : cartStores(results)),
    `One machine (${manifest.cpu}, ${manifest.cores} cores): calls between processes cost no network, and it says nothing about scaling out.`,
  ];
}

function notCounted({ number, contender, status, reason, phases }: Trial): string[] {
  if (status === 'failed') return [`Not counted: trial ${number}, ${contender}, failed: ${reason}.`];
  return phases
    .filter((phase) => phase.kind === 'fixed' && phase.status !== 'ok')
    .map((phase) => `Not counted: trial ${number}, ${contender}, ${phase.name}, ${phase.status}: ${phase.reason}.`);
}

function violations({ number, audit }: Trial): string[] {
  const all = audit?.violations ?? [];
  const shown = all.slice(0, VIOLATIONS_SHOWN).map((what) => `VIOLATION in trial ${number}: ${what}.`);
  const rest = all.length - shown.length;
  return rest > 0 ? [...shown, `... and ${rest} more in trial ${number}, listed in the raw results.`] : shown;
}

/** The digests of a block's phases agree, or its contenders were not asked the same. */
function sameQuestions(played: readonly Played[]): string[] {
  const asked = played.filter(({ phase }) => phase.kind === 'fixed');
  const groups = Map.groupBy(asked, ({ trial, phase }) => `block ${trial.block} of ${trial.stage} (${phase.name})`);
  return [...groups].flatMap(([name, same]) =>
    new Set(same.map(({ phase }) => phase.planDigest)).size > 1
      ? [`The contenders of ${name} were NOT asked the same: their catalogs differ.`]
      : [],
  );
}

function limitedSearches(trials: readonly Trial[]): string[] {
  const nothing = trials.filter(
    ({ status, capacity, phases }) => status === 'ok' && !capacity && phases.some(({ kind }) => kind === 'step'),
  );
  const words = nothing.map(
    ({ number, contender }) =>
      `Trial ${number}: no capacity of ${contender} was found, as the generator was the limit.`,
  );
  const more = trials
    .filter(({ status, capacity }) => status === 'ok' && capacity && capacity.missedAt === undefined)
    .map(
      ({ number, contender, capacity }) =>
        `Trial ${number}: ${contender} can do more than ${capacity!.rate} sessions per second; the search ended before a rate missed the objective.`,
    );
  return [...words, ...more];
}

/** CPU time of one and the same work, trial after trial: what disturbs out of sight shows in it. */
function machineSpeed(results: Results): string[] {
  const all = yardsticksOf(results);
  if (all.length === 0) return [];
  return [
    `Before the trials, a fixed piece of work took ${median(all).toFixed(1)} ms of CPU time on a core of the contender's (median; ` +
      `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}): so much did the speed of the machine itself change.`,
  ];
}

function disturbances(played: readonly Played[]): string[] {
  const shares = played.flatMap(({ phase: { measured, resources } }) =>
    resources ? [(resources.disturbanceMs / measured.window.ms) * 100] : [],
  );
  const most = Math.max(0, ...shares);
  if (most < DISTURBED_PERCENT) return [];
  return [
    `Other programs and machines used up to ${most.toFixed(0)} % of a core of the contender's (median ` +
      `${median(shares).toFixed(0)} %): repeat this on a quiet machine before you believe small differences.`,
  ];
}

function throttling(played: readonly Played[]): string[] {
  const shares = played.flatMap(({ phase: { resources } }) => Object.entries(resources?.throttledShare ?? {}));
  const byName = Map.groupBy(shares, ([name]) => name);
  const worst = [...byName].map(([name, all]) => ({ name, share: Math.max(...all.map(([, share]) => share)) }));
  const bitten = worst.filter(({ share }) => share > 0.01).toSorted((a, b) => b.share - a.share);
  if (bitten.length === 0) return [];
  const words = bitten.slice(0, 5).map(({ name, share }) => `${name} ${(share * 100).toFixed(0)} %`);
  return [`A CPU quota ran out, in the worst phase, in so many of its periods: ${words.join(', ')}.`];
}

function generatorCost(played: readonly Played[]): string[] {
  const seen = played.flatMap(({ phase }) => (phase.resources ? [{ ...phase, resources: phase.resources }] : []));
  if (seen.length === 0) return ['Nothing here tells what processes use: no CPU times and no memory.'];
  const share = (of: (phase: (typeof seen)[number]) => number) =>
    median(seen.map((phase) => (of(phase) / phase.measured.window.ms) * 100)).toFixed(0);
  const late = Math.max(...seen.map(({ measured }) => measured.lateness.p99)).toFixed(1);
  return [
    `The generator used ${share(({ resources }) => resources.generatorCpuMs)} % of a core (median) and sent 99 % of requests ` +
      `within ${late} ms of their time in every phase; the payment provider, outside both stores and not counted, used ` +
      `${share(({ resources }) => resources.outsideCpuMs)} %.`,
  ];
}

/** Lateness is part of the latency that is told, and no doing of the store's. */
function latePhases(fixed: readonly Played[]): string[] {
  const late = fixed.filter(
    ({ phase: { status, measured } }) =>
      status === 'ok' && measured.lateness.p99 > measured.overall.p99 * MUCH_OF_LATENCY,
  );
  if (late.length === 0) return [];
  return [
    `In ${late.length} of ${fixed.length} phases more than a fifth of the p99 may be the generator's own lateness, which draws ` +
      'ratios of p99 toward 1 there.',
  ];
}

/** What a reader of checkout times has to know. */
function checkoutReserves(contenders: readonly string[], fixed: readonly Played[]): string[] {
  return contenders.flatMap((contender) => {
    const own = fixed.filter(({ trial, phase }) => trial.contender === contender && phase.status === 'ok');
    const total = (of: (measured: PhaseResult['measured']) => number) =>
      own.reduce((sum, { phase }) => sum + of(phase.measured), 0);
    const notConfirmed = total((one) => one.notConfirmedInTime);
    const withOutcome = total((one) => one.acceptedWithOutcome);
    const accepted = total((one) => one.byKind['order-accepted'].count);
    return [
      ...(notConfirmed > 0
        ? [
            `${contender} left ${notConfirmed} checkouts unconfirmed for as long as it lets a shopper wait: they are in no ` +
              'time to confirmed, which would be longer with them.',
          ]
        : []),
      ...(withOutcome > 0
        ? [
            `${contender} answered ${withOutcome} of ${accepted} checkouts that asked to be accepted with their outcome (201).`,
          ]
        : []),
    ];
  });
}

/** What is weaker about a comparison of stores that were not started for it. */
function ranAlready(played: readonly Played[]): string[] {
  const isTold = played.some(({ phase }) => phase.resources);
  return [
    'The stores ran already: no trial was a fresh start, and what happened before is in all of them.',
    ...(isTold
      ? [
          "CPU time and memory (RSS) are those of the app processes alone, from their own /metrics: the DATABASES' AND A BROKER'S ARE NOT COUNTED.",
        ]
      : []),
    'With docker-compose.yml as it is, the microservices keep carts in MongoDB and the monolith in PostgreSQL, so this ' +
      'compares two databases as well.',
  ];
}

function cartStores({ settings, trials }: Results): string[] {
  if (settings.carts === 'postgres') return ['Carts are in PostgreSQL on both sides.'];
  const isCounted = trials.some(({ phases }) =>
    phases.some(({ resources }) => resources?.cpuMs['mongodb'] !== undefined),
  );
  return [
    'Carts: the microservices keep them in MongoDB, the monolith in PostgreSQL, so this compares two databases as well.',
    ...(isCounted ? [] : ['That MongoDB was given by MONGODB_URL: its CPU time and memory are NOT in the table.']),
  ];
}
