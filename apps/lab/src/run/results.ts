import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Refusal, root, stateDir } from '@twinstore/local';
import type { CheckoutTimes } from '../analysis/checkout-times.ts';
import type { CoreLayout } from '../machine/cores.ts';
import { ACCEPTED_PERCENT, journeyMix, thinkMs, ZIPF_EXPONENT } from '../load/journeys.ts';
import type { Manifest } from '../machine/manifest.ts';
import type { CompareOptions } from './options.ts';
import type { LeftOut } from '../stage/stage.ts';
import type { Trial } from './trial.ts';
import { bounds } from './verdict.ts';

/** Everything that a comparison leaves behind; the printed report is made from this alone. */
export interface Results {
  readonly kind: 'twinstore-compare';
  readonly version: 2;
  readonly startedAt: string;
  /** Not all planned trials are in here: the run still goes on, or was stopped. */
  readonly partial: boolean;
  readonly plannedTrials: number;
  readonly settings: CompareOptions;
  /** Asked for, and in no trial. */
  readonly leftOut: readonly LeftOut[];
  readonly manifest: Manifest;
  readonly cores: CoreLayout;
  readonly method: typeof method;
  readonly trials: readonly Trial[];
  /** Time to accepted and time to confirmed of each contender, from those trials. */
  readonly checkouts: readonly CheckoutTimes[];
}

export const method = {
  load: 'open loop: sessions arrive by a Poisson process, the same arrivals and choices for all contenders of a block',
  intendedStart:
    "a session's arrival for its first request, for each other one the intended start of the request before plus think time; fixed before the trial",
  latency: 'from the intended start to the last byte of the answer',
  checkouts: {
    acceptedPercent: ACCEPTED_PERCENT,
    drawn: 'by the seed, for every checkout but those that are canceled, which wait for the outcome',
    timeToAccepted: 'of checkouts sent with Prefer: wait=0: to the answer, 202 or 201',
    timeToConfirmed:
      'of all others, which the store lets wait by itself: to the answer 201; an answer 202 is counted as not confirmed in time, and is in no time to confirmed',
    outcome:
      "a pending order's is seen on its page, the next step of every journey that buys, and asked for again, outside of all latencies, until it is known",
  },
  thinkMs: { distribution: 'floor + exponential', ...thinkMs },
  journeyMix,
  zipfExponent: ZIPF_EXPONENT,
  cpu: 'user + system time of all processes of the contender, of its databases and of its broker, from /proc, as the window opens and closes',
  memory: 'PSS of the same processes once the load has ended',
  cpuPerOrder: 'all of that CPU time, browsing included, by the orders that were paid while the window was open',
  order: 'every contender once per block, in a random order; fresh processes, databases and broker each time',
  bounds,
};

/** Where the stores are not ours to start. */
export const methodForRunningStores: typeof method = {
  ...method,
  cpu: 'process_cpu_seconds_total of the app processes, from their /metrics, as the window opens and closes; databases and a broker not counted',
  memory: 'process_resident_memory_bytes of the same processes once the load has ended',
  order: 'every contender once per block, in a random order; the stores run throughout',
};

/** The file for the results, its folder made. @throws Refusal  it cannot be written */
export function resultsFile(out: string | undefined, startedAt: Date): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  const file = resolve(root, out ?? join(stateDir, 'results', `${stamp}.json`));
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, '');
  } catch (error) {
    throw new Refusal(`The results cannot be written to ${file}: ${error instanceof Error ? error.message : error}`);
  }
  return file;
}

/** Whole or not at all: whoever kills us finds the trials before. */
export function writeResults(file: string, results: Results): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(results, null, 1)}\n`);
  renameSync(`${file}.new`, file);
}
