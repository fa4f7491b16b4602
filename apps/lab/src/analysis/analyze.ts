import type { Results } from '../run/model.ts';
import { capacities } from './capacity.ts';
import type { Analysis } from './model.ts';
import { analyzeRates } from './rates.ts';
import { reservesOf } from './reserves.ts';
import { verdictsOf } from './verdicts.ts';

/** What a run allows to be said. */
export function analyze(results: Results): Analysis {
  const { settings, trials } = results;
  const { seed, contenders } = settings;
  const baseline = baselineOf(contenders);
  const found = {
    capacities: capacities(seed, contenders, trials, baseline),
    rates: analyzeRates(seed, contenders, trials, baseline),
  };
  return { ...found, verdicts: verdictsOf(results, found, baseline), reserves: reservesOf(results) };
}

/** What all others are set against: the monolith, or the first where that was not compared. */
export const baselineOf = (contenders: readonly string[]): string =>
  contenders.find((name) => name === 'monolith') ?? contenders[0] ?? 'nobody';
