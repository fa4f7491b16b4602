import { ACCEPTED_PERCENT, HOT_PERCENT, journeyMix, thinkMs, ZIPF_EXPONENT } from '../load/journeys.ts';
import { bounds, objective } from './verdict.ts';

/** How a run measures: goes into every result, so that it can be read without this repository. */
export const method = {
  load: 'open loop: sessions arrive by a Poisson process, the same arrivals and choices for all contenders of a block',
  intendedStart:
    "a session's arrival for its first request, for each other one the intended start of the request before plus think time; fixed before the trial",
  latency:
    'from the intended start to the last byte of the answer; a request that failed or was not finished counts as one that took the whole time-out of 10 s',
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
  hotItem: `${HOT_PERCENT} % of the products put in carts are one product of which there is little`,
  warmUp: 'load of the same kind, shown in the time series and counted in nothing',
  cpu: 'user + system time of all processes of the contender, of its databases and of its broker, from /proc, as the window opens and closes',
  yardstick:
    'before each trial, CPU time of a fixed piece of work (JSON, maps, digests) on the cores of the contender: how fast the machine was just then; told, and nothing is corrected by it',
  memory:
    'PSS of the same processes once the load has ended, with the pages of program files divided among them alone, whoever else runs the same program',
  cpuPerOrder: 'all of that CPU time, browsing included, by the orders that were paid while the window was open',
  eventLoops: "from the processes' own /metrics: from shortly before the window to shortly after it",
  order: 'every contender once per block, in a random order; fresh processes, databases and broker each time',
  capacity:
    'stepped search: the rate is raised by a factor until a step misses the objective twice (in a quick look once), or lowered if the first does, then the middle between the last rate that kept it and the first that did not is tried',
  statistics:
    'one value per fresh start; medians with percentile-bootstrap 95 % intervals, which for fewer than 6 fresh starts are from the lowest to the highest; ratios within a block, of capacities with intervals that hold what the steps of the search leave open; a difference is named only with 4 blocks or more, an interval that excludes 1 and a median at least 3 % from it',
  audit:
    'after every trial, once it has come to rest: stock, money, orders and carts of every session that was played, from outside',
  objective,
  bounds,
};
export type Method = typeof method;

/** Where the stores are not ours to start. */
export const methodForRunningStores: Method = {
  ...method,
  yardstick: 'not taken, as the cores of the stores are not known',
  cpu: 'process_cpu_seconds_total of the app processes, from their /metrics, as the window opens and closes; databases and a broker not counted',
  memory: 'process_resident_memory_bytes of the same processes once the load has ended',
  order: 'every contender once per block, in a random order; the stores run throughout',
};
