import { median } from '../analysis/statistics.ts';
import { bounds } from '../run/verdict.ts';
import { type GeneratorRig, loadPlainly } from './generator-run.ts';
import { PLAIN_PATH } from './plain-sessions.ts';
import { type Row, type Say, thousands, verdictOf } from './row.ts';
import type { Wrk, WrkRun } from './wrk.ts';

/** Requests per second at which the generator has to be cheap, and on time. */
export const RATE = 5_000;
const MOST_TIMES_WRK = 2.5;
/** wrk asks as fast as it is answered: over so many connections, this late an answer holds it to about `RATE`. */
const DELAY_MS = 20;
const CONNECTIONS = (RATE * (DELAY_MS + 1)) / 1000;

/** One round, in µs of CPU per request. */
interface Round {
  readonly own: number;
  readonly wrk: number;
  /** Requests per second that wrk came to at that. */
  readonly wrkRate: number;
  /** wrk without a pause between an answer and the next request. */
  readonly flatOut: number;
  readonly lateMs: number;
}

/**
 * CPU time per request of the generator and of wrk, at the same rate and on the same answers, in turn. At the same rate,
 * since a client that never rests spends less on a request: it finds several answers each time it looks, and the server
 * awake. What wrk costs then is told beside it. A first round is not counted: the generator is compiled while it runs.
 */
export async function generatorCost(
  rig: GeneratorRig & { readonly wrk: Wrk | string },
  { rounds, windowMs }: { readonly rounds: number; readonly windowMs: number },
  say: Say,
  signal: AbortSignal,
): Promise<Row[]> {
  const all: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const last = await playRound(rig, windowMs, signal);
    if (round > 0) all.push(last);
    say(`  ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${last.own.toFixed(0)} µs of CPU per request`);
  }
  const lateMs = median(all.map((round) => round.lateMs));
  return [
    {
      check: 'CPU per request',
      expected: `at most ${MOST_TIMES_WRK} times wrk's at ${thousands(RATE)} requests/s`,
      ...besideWrk(all, rig.wrk),
    },
    {
      check: 'lateness',
      expected: `99 % of ${thousands(RATE)} requests/s leave within ${bounds.latenessP99Ms} ms`,
      measured: `within ${lateMs.toFixed(1)} ms`,
      verdict: verdictOf(lateMs <= bounds.latenessP99Ms),
    },
  ];
}

async function playRound(
  rig: GeneratorRig & { readonly wrk: Wrk | string },
  windowMs: number,
  signal: AbortSignal,
): Promise<Round> {
  const { store, wrk } = rig;
  const cost = async (connections: number): Promise<WrkRun> =>
    typeof wrk === 'string'
      ? { requestsPerSecond: NaN, microsPerRequest: NaN }
      : wrk.run(store.url + PLAIN_PATH, connections, Math.ceil(windowMs / 1000), signal);
  await store.follow({});
  const flatOut = await cost(16);
  await store.follow({ delayMs: DELAY_MS });
  const paced = await cost(CONNECTIONS);
  const { microsPerRequest, measured } = await loadPlainly(rig, RATE, windowMs, signal);
  return {
    own: microsPerRequest,
    wrk: paced.microsPerRequest,
    wrkRate: paced.requestsPerSecond,
    flatOut: flatOut.microsPerRequest,
    lateMs: measured.lateness.p99,
  };
}

function besideWrk(rounds: readonly Round[], wrk: Wrk | string): Pick<Row, 'measured' | 'verdict'> {
  const micros = (of: (round: Round) => number) => `${median(rounds.map(of)).toFixed(0)} µs`;
  const own = micros((round) => round.own);
  if (typeof wrk === 'string') return { measured: own, verdict: `skipped because ${wrk}` };
  // Within a round: what slows the machine for a while slows both.
  const times = median(rounds.map((round) => round.own / round.wrk));
  const rate = thousands(Math.round(median(rounds.map(({ wrkRate }) => wrkRate))));
  const beside = `wrk ${micros((round) => round.wrk)} at ${rate}/s, flat out ${micros((round) => round.flatOut)}`;
  return { measured: `${times.toFixed(2)} times: ${own}; ${beside}`, verdict: verdictOf(times <= MOST_TIMES_WRK) };
}
