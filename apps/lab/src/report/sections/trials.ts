import { metrics } from '../../analysis/metrics.ts';
import type { PhaseResult, Trial } from '../../run/model.ts';
import { dataTable } from '../data-table.ts';
import { markup, type Markup } from '../markup.ts';
import { counted, fixed, NONE, rateText } from '../numbers.ts';
import { playedOf } from '../../analysis/played.ts';
import type { PageData, Section } from './page-data.ts';

/** Every trial and every phase of it, the failed ones too, and what the audits found. */
export function trialSection({ results }: PageData): Section {
  const { trials, plannedTrials, leftOut } = results;
  const played = playedOf(results);
  return {
    id: 'trials',
    title: 'Every trial',
    content: markup`
<p>${counted(trials.length, 'trial')} of ${plannedTrials} planned, in the order of time. Nothing is hidden: what did not count is here with its reason.</p>
${leftOut.map(({ contender, why }) => markup`<p>${contender} was left out: ${why}.</p>`)}
${dataTable(
  undefined,
  [
    'trial',
    'contender',
    'stage',
    'block',
    'status',
    'reason',
    'began',
    'yardstick, ms',
    'start',
    'phases',
    'capacity',
    'audit',
    'customers',
    'products',
    'came to rest',
    'look took',
  ],
  trials.map(trialRow),
  { heads: 2, texts: [2, 4, 5, 11] },
)}
${violationsOf(trials)}
${
  played.length > 0 &&
  markup`<details><summary>Every phase: ${played.length} of them</summary>${dataTable(
    undefined,
    [
      'trial',
      'contender',
      'phase',
      'sessions/s',
      'status',
      'reason',
      'planned',
      'lost',
      'answers/s',
      'p50 ms',
      'p99 ms',
      'CPU-ms/ order',
      'late p99 ms',
      'generator %',
      'disturbed %',
    ],
    played.map(({ trial, phase }) => phaseRow(trial, phase)),
    { heads: 3, texts: [4, 5] },
  )}</details>`
}`,
  };
}

function trialRow({
  number,
  contender,
  stage,
  block,
  status,
  reason,
  startedAt,
  yardstickMs,
  startMs,
  phases,
  capacity,
  audit,
}: Trial) {
  const steps = phases.filter(({ kind }) => kind === 'step').length;
  return [
    number,
    contender,
    stage,
    block,
    status,
    reason,
    startedAt.slice(11, 19),
    fixed(yardstickMs, 1),
    `${fixed(startMs / 1000, 1)} s`,
    steps > 0 ? `${phases.length}, ${counted(steps, 'step')}` : phases.length,
    capacity ? `${rateText(capacity.rate)}/s` : NONE,
    audit
      ? audit.violations.length > 0
        ? markup`<span class="violation">${counted(audit.violations.length, 'violation')}</span>`
        : 'clean'
      : 'not reached',
    audit?.customers ?? NONE,
    audit?.products ?? NONE,
    audit ? `${fixed(audit.settledAfterMs / 1000, 1)} s` : NONE,
    audit ? `${fixed(audit.lookMs / 1000, 1)} s` : NONE,
  ];
}

/** A step that missed the objective did what it was for, so it counts as a step and yet says why. */
function phaseRow({ number, contender }: Trial, phase: PhaseResult) {
  const { name, kind, rate, status, reason, kept, measured, resources } = phase;
  const ofCore = (ms: number | undefined) => fixed(ms === undefined ? undefined : (ms / measured.window.ms) * 100, 0);
  return [
    number,
    contender,
    name,
    rateText(rate),
    kind === 'step' && status === 'ok' ? (kept ? 'kept' : 'missed') : status,
    reason,
    measured.planned,
    measured.failed + measured.unfinished,
    fixed(metrics.throughput.of(phase), 1),
    fixed(measured.overall.p50, 1),
    fixed(measured.overall.p99, 1),
    fixed(metrics.cpuPerOrder.of(phase), 1),
    fixed(measured.lateness.p99, 1),
    ofCore(resources?.generatorCpuMs),
    ofCore(resources?.disturbanceMs),
  ];
}

function violationsOf(trials: readonly Trial[]): Markup | undefined {
  const found = trials.filter(({ audit }) => audit && audit.violations.length > 0);
  if (found.length === 0) return undefined;
  return markup`<h3>What the audits found</h3>
<ul>${found.flatMap(({ number, contender, audit }) =>
    audit!.violations.map((what) => markup`<li class="violation">Trial ${number}, ${contender}: ${what}</li>\n`),
  )}</ul>`;
}
