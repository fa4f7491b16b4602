import { type GeneratorRig, loadPlainly } from './generator-run.ts';
import { type Row, thousands, verdictOf } from './row.ts';

const DELAY_MS = 20;
const LARGEST_ERROR_MS = 1;

/**
 * What the generator says of a server whose delay is known. The server measures its delay itself, since no timer is
 * exact; all that is between is the generator's error: that it sent late, and that it saw the answer late. What the
 * network takes is in it, and not subtracted.
 */
export async function knownDelay(
  rig: GeneratorRig,
  rate: number,
  windowMs: number,
  signal: AbortSignal,
): Promise<Row[]> {
  await rig.store.follow({ delayMs: DELAY_MS });
  const { measured } = await loadPlainly(rig, rate, windowMs, signal);
  const { delay } = await rig.store.follow({});
  const error = measured.overall.p50 - delay.p50;
  const seen = `p50 ${measured.overall.p50.toFixed(2)} ms where the server took ${delay.p50.toFixed(2)}`;
  return [
    {
      check: 'known delay',
      expected: `p50 of answers after ${DELAY_MS} ms errs by less than ${LARGEST_ERROR_MS} ms at ${thousands(rate)} requests/s`,
      measured: `${seen}: ${error.toFixed(2)} ms off`,
      verdict: verdictOf(delay.p50 >= DELAY_MS && Math.abs(error) < LARGEST_ERROR_MS),
    },
  ];
}
