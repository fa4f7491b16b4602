import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from './daemon.ts';
import type { Terminal } from './lines.ts';
import { shown } from './paths.ts';
import { tell } from './refusal.ts';

const longestWaitMs = 15_000;

/** Starts each of the programs again when it dies, after a second, and more slowly if it keeps dying: people will
 *  `kill -9` things to watch the recovery. Until `signal` is aborted. */
export function supervise(daemons: readonly Daemon[], terminal: Terminal, signal: AbortSignal): void {
  for (const daemon of daemons) {
    let deaths = 0;
    const revive = async (how: string) => {
      if (signal.aborted) return;
      const waitMs = Math.min(1_000 * 2 ** deaths++, longestWaitMs);
      setTimeout(() => deaths--, 60_000).unref();
      terminal.say(
        `${daemon.name} died (${how}); it is started again in ${waitMs / 1000} s (log: ${shown(daemon.logFile)}).`,
      );
      try {
        await sleep(waitMs, undefined, { signal });
        await daemon.start(signal);
        terminal.say(`${daemon.name} is back.`);
      } catch (error) {
        if (!signal.aborted) await revive(tell(error));
      }
    };
    daemon.onDeath((how) => void revive(how));
  }
}
