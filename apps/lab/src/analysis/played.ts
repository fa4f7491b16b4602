import type { PhaseResult, Results, Trial } from '../run/model.ts';

/** A phase with the trial that it belongs to. */
export interface Played {
  readonly trial: Trial;
  readonly phase: PhaseResult;
}

/** Every phase of a run, in the order of time. */
export const playedOf = ({ trials }: Pick<Results, 'trials'>): Played[] =>
  trials.flatMap((trial) => trial.phases.map((phase) => ({ trial, phase })));

/** Fixed rates that count: what else there is goes into no result. */
export const countingOf = (results: Pick<Results, 'trials'>): Played[] =>
  playedOf(results).filter(
    ({ trial, phase }) => phase.kind === 'fixed' && trial.status === 'ok' && phase.status === 'ok',
  );

/** Of the trials that have one: CPU time in ms of one and the same work; see `yardstick`. */
export const yardsticksOf = ({ trials }: Pick<Results, 'trials'>): number[] =>
  trials.flatMap(({ yardstickMs }) => yardstickMs ?? []);

/** Who is in a run: in the order of its settings, and nobody twice. */
export const contendersOf = ({ settings, trials }: Pick<Results, 'settings' | 'trials'>): string[] => [
  ...new Set([...settings.contenders, ...trials.map(({ contender }) => contender)]),
];

/** Database servers and brokers, by what they are; where a trial kept its data does not matter. */
export const serversOf = ({ trials }: Pick<Results, 'trials'>): string => {
  const origins = trials.flatMap(({ postgres, broker }) => [postgres, broker ?? '']);
  return [...new Set(origins.map((origin) => origin.replace(/, data in .*/, '')))].filter(Boolean).join('; ');
};
