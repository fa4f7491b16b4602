import { type GeneratorRig, loadWith } from './generator-run.ts';
import { steadySessions } from './plain-sessions.ts';
import { type Row, verdictOf } from './row.ts';

const STALL_MS = 1_000;
const WARM_UP_MS = 1_000;
const WINDOW_MS = 10_000;
/** Few shoppers who click fast: of the requests that fall into the stall, they can send one each, a twentieth. */
const SHOPPERS = 20;
const THINK_MS = 50;

/**
 * A server that gives no answer for a second out of ten: a tenth of the requests should have been sent in it and wait
 * for its end, so the 99th percentile of all is nine tenths of the stall. Counted from the moment they were sent, as a
 * client that waits for answers does, they are too few to be seen (coordinated omission).
 */
export async function stalls(rig: GeneratorRig, signal: AbortSignal): Promise<Row[]> {
  const sessions = steadySessions(SHOPPERS, THINK_MS, WARM_UP_MS + WINDOW_MS);
  await rig.store.follow({ stallInMs: WARM_UP_MS + WINDOW_MS / 2, stallMs: STALL_MS });
  const { measured } = await loadWith(rig, { sessions, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal });
  await rig.store.follow({});
  const [intended, sent] = [measured.overall.p99, measured.fromSent.p99];
  return [
    {
      check: 'stall',
      expected: `p99 shows a stall of ${STALL_MS} ms that counting from sending hides: over 800 ms, and less than half`,
      measured: `p99 ${intended.toFixed(0)} ms; from sending ${sent.toFixed(0)}`,
      verdict: verdictOf(intended > 0.8 * STALL_MS && sent < intended / 2),
    },
  ];
}
