import { isDeepStrictEqual } from 'node:util';
import { Behavior, type Switches } from '@twinstore/contracts';
import type { Daemon } from './daemon.ts';
import type { Terminal } from './lines.ts';
import type { Proc } from './processes.ts';
import { Refusal, wordsOf } from './refusal.ts';
import type { Supervisor } from './supervise.ts';

/** Switches for a demonstration: what happens to a shopper when a part of the store is gone, or slow? */
export interface FaultSwitches {
  state(): Promise<Switches>;
  /**
   * Switches a process off, or on again. Off is as in a release (SIGTERM): it finishes what it has in hand; `kill -9` by
   * hand shows a crash. This answers once that has begun, as the process may be the very door that passes the answer
   * on. On: once it is ready. After a minute it is switched on by itself, so that nobody is left with half a store.
   * @returns whether there is such a process
   */
  turn(name: string, running: boolean): Promise<boolean>;
  /** Makes the payment provider take its time, or quick again. @throws Refusal  it does not answer */
  slowDown(slow: boolean): Promise<void>;
  /** Takes back what would outlive the processes, and leaves these as they are. */
  close(): Promise<void>;
}

export interface SwitchParts {
  /** In the order in which they are shown; the provider may be among them. */
  readonly processes: readonly Daemon[];
  readonly provider: Proc;
  readonly supervisor: Supervisor;
  readonly terminal: Terminal;
  /** After so long, what was switched off comes back; default: a minute. */
  readonly backAfterMs?: number;
}

const minute = 60_000;
const slow = { p50: 1_500, p99: 3_000 };
const quick = { p50: 0, p99: 0 };

const isSlow = (behavior: Behavior | undefined) => behavior !== undefined && behavior.latencyMs.p50 >= slow.p50;

export function faultSwitches(parts: SwitchParts): FaultSwitches {
  const { processes, provider, supervisor, terminal, backAfterMs = minute } = parts;
  const off = new Map<Daemon, { readonly backAt: number; readonly timer: NodeJS.Timeout }>();
  /** How quick the provider was before we slowed it down. */
  let before: Behavior['latencyMs'] | undefined;
  const behaviorNow = () => askBehavior(provider.url).catch(() => undefined);

  async function slowDown(wanted: boolean): Promise<void> {
    try {
      const behavior = await askBehavior(provider.url);
      if (isSlow(behavior) === wanted) return;
      // Whatever else was set by hand stays as it is.
      await askBehavior(provider.url, { ...behavior, latencyMs: wanted ? slow : (before ?? quick) });
      before = wanted ? behavior.latencyMs : undefined;
    } catch (error) {
      throw new Refusal(`The payment provider does not answer (${wordsOf(error)}).`);
    }
  }

  /** It keeps its behavior, and would be slow when it is back or at the next `npm start`. Slow by hand it stays. */
  const putRight = async () => {
    const isOurs = before && isDeepStrictEqual((await behaviorNow())?.latencyMs, slow);
    if (isOurs) await slowDown(false).catch(() => {});
  };

  async function turnOff(daemon: Daemon): Promise<void> {
    if (off.has(daemon)) return;
    const timer = setTimeout(() => void turnOn(daemon), backAfterMs);
    off.set(daemon, { backAt: Date.now() + backAfterMs, timer });
    terminal.say(`${daemon.name} is switched off, for ${backAfterMs / 1_000} s at most.`);
    if (daemon === provider) await putRight();
    // Meanwhile it may have been switched on again.
    if (off.has(daemon)) void supervisor.switchOff(daemon);
  }

  async function turnOn(daemon: Daemon): Promise<void> {
    clearTimeout(off.get(daemon)?.timer);
    off.delete(daemon);
    await supervisor.switchOn(daemon);
  }

  return {
    async state() {
      const now = Date.now();
      return {
        processes: processes.map((daemon) => {
          const backAt = off.get(daemon)?.backAt;
          const backInMs = backAt === undefined ? null : Math.max(0, backAt - now);
          return { name: daemon.name, running: backInMs === null && supervisor.isUp(daemon), backInMs };
        }),
        provider: { slow: isSlow(await behaviorNow()) },
      };
    },
    async turn(name, running) {
      const daemon = processes.find((process) => process.name === name);
      if (!daemon) return false;
      await (running ? turnOn(daemon) : turnOff(daemon));
      return true;
    },
    slowDown,
    async close() {
      for (const { timer } of off.values()) clearTimeout(timer);
      await putRight();
    },
  };
}

/** How the provider behaves, after it was told to behave so. */
async function askBehavior(url: string, wanted?: Behavior): Promise<Behavior> {
  const answer = await fetch(`${url}/behavior`, {
    method: wanted ? 'PUT' : 'GET',
    // A connection kept open would only hold up the provider's stop.
    headers: { 'content-type': 'application/json', connection: 'close' },
    ...(wanted && { body: JSON.stringify(wanted) }),
    signal: AbortSignal.timeout(2_000),
  });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return Behavior.parse(await answer.json());
}
