import type { PhaseResult, Trial } from './model.ts';

/** One trial in one line. */
export function trialLine({ stage, block, contender, status, reason, phases, capacity, audit }: Trial): string {
  const head = `${stage}, block ${block}, ${contender}: ${status}${reason && `, ${reason}`}`;
  const parts = [
    ...(capacity ? [capacityWords(capacity)] : []),
    ...phases.filter(({ kind }) => kind === 'fixed').map(phaseWords),
    ...(audit ? [audit.violations.length > 0 ? `${audit.violations.length} VIOLATIONS` : 'audit clean'] : []),
  ];
  return [head, ...parts].join('; ');
}

function capacityWords({ rate, missedAt, answersPerSecond }: NonNullable<Trial['capacity']>): string {
  const missed = missedAt === undefined ? 'no rate missed the objective' : `missed it at ${missedAt}`;
  return `kept the objective at ${rate} sessions/s (${answersPerSecond.toFixed(0)} answers/s), ${missed}`;
}

function phaseWords({ name, rate, status, reason, measured, resources }: PhaseResult): string {
  const { p50, p99 } = measured.overall;
  const paid = measured.window.orders['paid'] ?? 0;
  const cpu = resources && paid > 0 ? `, ${(resources.contenderCpuMs / paid).toFixed(1)} CPU-ms per order` : '';
  const judged = status === 'ok' ? '' : ` ${status.toUpperCase()} (${reason})`;
  return `${name} (${rate}/s)${judged}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${cpu}`;
}
