import { openConnections } from './connections.ts';
import { type SessionPlan, TICK_MS } from './journeys.ts';
import { type Buyer, type Measured, type SeriesPoint, startMeasuring } from './measures.ts';
import { runSession } from './session.ts';
import { startWheel } from './wheel.ts';

export interface Load {
  /** Front door, for example `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  readonly sessions: readonly SessionPlan[];
  /** Goes into the idempotency keys. */
  readonly name: string;
  /** The window begins after the warm-up; sessions arrive all through both. */
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** How long the sessions that have begun may go on after the window. */
  readonly drainMs: number;
  /** A request that takes longer has failed. */
  readonly timeoutMs: number;
  /** Called as the window opens and closes, for whoever reads CPU clocks; quick, since the load goes on. */
  readonly onWindow?: () => void;
  /** Called once a second, from the start of the load to the end of the window, with what the second was like. */
  readonly onSecond?: (point: SeriesPoint) => void;
  readonly signal?: AbortSignal;
}

export interface Generated {
  readonly measured: Measured;
  /** Every session that changed something, of the warm-up too, and also where no answer came. */
  readonly buyers: readonly Buyer[];
}

/**
 * Plays the planned sessions against a store (open loop).
 *
 * The intended start of a session's first request is the session's arrival; that of each other request is the intended
 * start of the one before plus the think time between the two clicks. So every intended start is fixed before the
 * trial begins. A request whose turn has come waits until its predecessor is answered, and its latency counts from
 * its intended start all the same: a store that stalls cannot hide the requests that it kept from being sent
 * (coordinated omission).
 */
export async function generate(load: Load): Promise<Generated> {
  const { warmUpMs, windowMs, drainMs, sessions, signal } = load;
  const endMs = warmUpMs + windowMs;
  const isInWindow = (intendedMs: number) => intendedMs >= warmUpMs && intendedMs < endMs;
  const measuring = startMeasuring(isInWindow, load.timeoutMs);
  const connections = openConnections(load.baseUrl, load.timeoutMs);
  const wheel = startWheel(TICK_MS, 100);
  const buyers: Buyer[] = [];
  const active = { now: 0, peak: 0 };
  let left = sessions.length;

  try {
    await new Promise<void>((resolve, reject) => {
      const stop = () => reject(signal?.reason);
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
      const isOver = { arrivals: false };
      const finishIfDone = () => {
        if (left === 0 && isOver.arrivals) resolve();
      };
      wheel.at(warmUpMs, () => {
        measuring.openWindow();
        load.onWindow?.();
      });
      wheel.at(endMs, () => {
        measuring.closeWindow();
        load.onWindow?.();
        isOver.arrivals = true;
        finishIfDone();
      });
      for (let second = 1; second * 1000 <= endMs; second += 1) {
        wheel.at(second * 1000, () => {
          const point = measuring.endSecond();
          load.onSecond?.(point);
        });
      }
      wheel.at(endMs + drainMs, resolve);
      for (const plan of sessions) {
        wheel.at(plan.arrivalMs, () => {
          active.now += 1;
          active.peak = Math.max(active.peak, active.now);
          const ended = () => {
            active.now -= 1;
            left -= 1;
            finishIfDone();
          };
          runSession(plan, { wheel, connections, measuring, buyers, name: load.name, ended });
        });
      }
    });
    const planned = sessions.reduce((sum, plan) => sum + intendedStarts(plan).filter(isInWindow).length, 0);
    // Taken before the connections close: what they cut off is unfinished, and no failure of the store's.
    const measured = measuring.result(planned, active.peak, connections.count);
    return { measured, buyers };
  } finally {
    wheel.stop();
    connections.close();
  }
}

/** Of each step, in ms from the start of the trial. */
export function intendedStarts(plan: SessionPlan): number[] {
  let at = plan.arrivalMs;
  return plan.steps.map((step, index) => (index === 0 ? at : (at += step.thinkMs)));
}
