import type { generate, Load } from '../load/generator.ts';
import type { Measured } from '../load/measures.ts';
import { bounds, lostShare } from '../run/verdict.ts';
import type { NullStore } from './null-store.ts';
import { FILL_MS, plainSessions } from './plain-sessions.ts';

/** What is tested: the generator, and how its CPU time is told. */
export interface GeneratorRig {
  readonly generate: typeof generate;
  /** CPU time that the generator's process has spent so far, in ms. */
  readonly cpuMs: () => number;
  readonly store: NullStore;
}

export interface GeneratorRun {
  readonly measured: Measured;
  readonly microsPerRequest: number;
  /** Why the generator would not be trusted at this rate; '' if it would. */
  readonly miss: string;
}

const WAIT_MS = { drainMs: 2_000, timeoutMs: 10_000 } as const;

/** Loads the null server with plain sessions. `rate`: requests per second. */
export function loadPlainly(rig: GeneratorRig, rate: number, windowMs: number, signal: AbortSignal) {
  const sessions = plainSessions(`self-test/${rate}`, rate, FILL_MS + windowMs);
  return loadWith(rig, { sessions, warmUpMs: FILL_MS, windowMs, signal });
}

export async function loadWith(
  { generate, cpuMs, store }: GeneratorRig,
  load: Pick<Load, 'sessions' | 'warmUpMs' | 'windowMs'> & { readonly signal: AbortSignal },
): Promise<GeneratorRun> {
  const cpu: number[] = [];
  const onWindow = () => void cpu.push(cpuMs());
  const { measured } = await generate({ baseUrl: store.url, name: 'self-test', ...load, ...WAIT_MS, onWindow });
  const spentMs = (cpu[1] ?? 0) - (cpu[0] ?? 0);
  const { ms, answers } = measured.window;
  return {
    measured,
    microsPerRequest: (spentMs * 1000) / answers,
    miss: missOf(measured, spentMs / ms),
  };
}

function missOf(measured: Measured, share: number): string {
  const late = measured.lateness.p99;
  if (late > bounds.latenessP99Ms) return `1 % of requests left over ${late.toFixed(0)} ms late`;
  if (share > bounds.generatorCoreShare) return `the generator used ${(share * 100).toFixed(0)} % of a core`;
  const lost = lostShare(measured);
  return lost > bounds.lostShare ? `${(lost * 100).toFixed(1)} % of requests failed or were never answered` : '';
}
