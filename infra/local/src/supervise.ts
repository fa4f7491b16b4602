import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from './daemon.ts';
import type { Terminal } from './lines.ts';
import { shown } from './paths.ts';
import { tell } from './refusal.ts';

const longestWaitMs = 15_000;

/** Keeps programs running, but for those that were switched off. */
export interface Supervisor {
  /** Whether it runs and is ready. */
  isUp(daemon: Daemon): boolean;
  /** Ends the program in good order and leaves it so. Done when it is gone. */
  switchOff(daemon: Daemon): Promise<void>;
  /** Starts the program again and keeps it running from then on. Done when it is ready, or when a first try has failed. */
  switchOn(daemon: Daemon): Promise<void>;
}

/** Starts each of the programs again when it dies, after a second, and more slowly if it keeps dying: people will
 *  `kill -9` things to watch the recovery. Until `signal` is aborted. */
export function supervise(daemons: readonly Daemon[], terminal: Terminal, signal: AbortSignal): Supervisor {
  const cares = new Map(daemons.map((daemon) => [daemon, careFor(daemon, terminal, signal)]));
  return {
    isUp: (daemon) => cares.get(daemon)?.isUp() ?? false,
    switchOff: async (daemon) => cares.get(daemon)?.switchOff(),
    switchOn: async (daemon) => cares.get(daemon)?.switchOn(),
  };
}

function careFor(daemon: Daemon, terminal: Terminal, signal: AbortSignal) {
  let deaths = 0;
  let isUp = daemon.pid !== undefined;
  let off = new AbortController();
  let wanted = AbortSignal.any([signal, off.signal]);
  /** What is being done about it: one thing at a time, or a start could find the program that is just being ended. */
  let last: Promise<void> = Promise.resolve();

  const begin = async (isWanted: AbortSignal) => {
    await daemon.start(isWanted);
    if (isWanted.aborted) return;
    isUp = true;
    terminal.say(`${daemon.name} is back.`);
  };

  const revive = async (how: string, isWanted: AbortSignal): Promise<void> => {
    if (isWanted.aborted) return;
    const waitMs = Math.min(1_000 * 2 ** deaths++, longestWaitMs);
    setTimeout(() => deaths--, 60_000).unref();
    terminal.say(
      `${daemon.name} died (${how}); it is started again in ${waitMs / 1000} s (log: ${shown(daemon.logFile)}).`,
    );
    try {
      await sleep(waitMs, undefined, { signal: isWanted });
      await begin(isWanted);
    } catch (error) {
      if (!isWanted.aborted) await revive(tell(error), isWanted);
    }
  };

  daemon.onDeath((how) => {
    isUp = false;
    const isWanted = wanted;
    last = last.then(() => revive(how, isWanted));
  });

  if (!isUp) last = revive('soon after its start', wanted);

  return {
    isUp: () => isUp,
    switchOff() {
      isUp = false;
      off.abort();
      last = last.then(() => daemon.stop());
      return last;
    },
    async switchOn() {
      if (!off.signal.aborted) return;
      off = new AbortController();
      const isWanted = (wanted = AbortSignal.any([signal, off.signal]));
      const failure = last
        .then(() => begin(isWanted))
        .then(
          () => undefined,
          (error: unknown) => ({ error }),
        );
      last = failure.then((failed) => (failed && !isWanted.aborted ? revive(tell(failed.error), isWanted) : undefined));
      await failure;
    },
  };
}
