import { type GeneratorRig, loadPlainly } from './generator-run.ts';
import { type Row, thousands, verdictOf } from './row.ts';

const DELAY_MS = 20;
const LARGEST_ERROR_MS = 1;

interface Try {
  readonly seen: string;
  readonly isNear: boolean;
}

/**
 * What the generator says of a server whose delay is known. The server measures its delay itself, since no timer is
 * exact; all that is between is the generator's error: that it sent late, and that it saw the answer late. What the
 * network takes is in it, and not subtracted. What is off is asked once more: another program on these cores can only
 * add to it, and a generator that is off by itself is off again.
 */
export async function knownDelay(
  rig: GeneratorRig,
  rate: number,
  windowMs: number,
  signal: AbortSignal,
): Promise<Row[]> {
  const first = await tryIt(rig, rate, windowMs, signal);
  const again = first.isNear ? undefined : await tryIt(rig, rate, windowMs, signal);
  return [
    {
      check: 'known delay',
      expected: `p50 of answers after ${DELAY_MS} ms errs by less than ${LARGEST_ERROR_MS} ms at ${thousands(rate)} requests/s`,
      measured: again ? `${first.seen}; again: ${again.seen}` : first.seen,
      verdict: verdictOf((again ?? first).isNear),
    },
  ];
}

async function tryIt(rig: GeneratorRig, rate: number, windowMs: number, signal: AbortSignal): Promise<Try> {
  await rig.store.follow({ delayMs: DELAY_MS });
  const { measured } = await loadPlainly(rig, rate, windowMs, signal);
  const { delay } = await rig.store.follow({});
  const error = measured.overall.p50 - delay.p50;
  return {
    seen: `${measured.overall.p50.toFixed(2)} ms where it took ${delay.p50.toFixed(2)}: ${error.toFixed(2)} off`,
    isNear: delay.p50 >= DELAY_MS && Math.abs(error) < LARGEST_ERROR_MS,
  };
}
