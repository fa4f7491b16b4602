import { RATE } from './generator-cost.ts';
import { type GeneratorRig, loadPlainly } from './generator-run.ts';
import { type Row, type Say, thousands, verdictOf } from './row.ts';

/** How fast the generator can ask and still be trusted. */
export interface Ceiling {
  /** Requests per second; 0: not even the first rate that was tried. */
  readonly rate: number;
  /** What went wrong at the next rate. */
  readonly miss: string;
}

const FIRST = RATE / 2;
const FACTOR = Math.SQRT2;
/** Far above what any store here is asked. */
const MOST = 80_000;

/** Asks the null server faster and faster, until the generator misses one of its bounds twice at the same rate (once may
 *  be another program's doing). */
export async function findCeiling(
  rig: GeneratorRig,
  windowMs: number,
  say: Say,
  signal: AbortSignal,
): Promise<Ceiling> {
  await rig.store.follow({});
  let kept = 0;
  for (let rate = FIRST; rate < MOST; rate *= FACTOR) {
    let { miss } = await loadPlainly(rig, rate, windowMs, signal);
    if (miss !== '') ({ miss } = await loadPlainly(rig, rate, windowMs, signal));
    say(`  ${thousands(rate)} requests/s: ${miss || 'on time'}`);
    if (miss !== '') return { rate: kept, miss };
    kept = rate;
  }
  return { rate: kept, miss: 'no faster rate was tried' };
}

export const ceilingRow = ({ rate, miss }: Ceiling): Row => ({
  check: 'ceiling',
  expected: `at least ${thousands(RATE)} requests/s`,
  measured: `${thousands(rate)} requests/s; above it, ${miss}`,
  verdict: verdictOf(Math.round(rate) >= RATE),
});
