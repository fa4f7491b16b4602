import { once } from 'node:events';
import type { Daemon } from './daemon.ts';
import { faultSwitches } from './fault-switches.ts';
import type { Terminal } from './lines.ts';
import type { Proc } from './processes.ts';
import type { Stack } from './stack.ts';
import { supervise, type Supervisor } from './supervise.ts';
import { serveSwitches, type SwitchAddress } from './switch-server.ts';

export interface Started {
  readonly stack: Stack;
  /** Not started yet: it links to doors that have to be there. */
  readonly lab: Proc;
  /** The databases and the broker, where they are ours. */
  readonly servers: readonly Daemon[];
  /** The one of them that can be switched off. */
  readonly broker: Daemon | undefined;
  readonly switchesAt: SwitchAddress;
  readonly terminal: Terminal;
  /** Told when all of it can be used. */
  readonly onReady: () => Promise<void>;
}

/** Looks after the stores until `signal` is aborted, or something fails; stops them and the lab in any case, but for the
 *  servers: nobody else would be left to do it. */
export async function keepRunning(started: Started, signal: AbortSignal): Promise<void> {
  const { stack, lab, servers, terminal, onReady } = started;
  const over = new AbortController();
  let closeSwitches = async () => {};
  try {
    await lab.start(signal);
    const daemons = [...servers, ...Object.values(stack.processes), lab];
    const supervisor = supervise(daemons, terminal, AbortSignal.any([signal, over.signal]));
    closeSwitches = await openSwitches(started, supervisor);
    await onReady();
    if (!signal.aborted) await once(signal, 'abort');
    terminal.say('Stopping.');
  } finally {
    over.abort();
    // A run that goes on has nothing to do with the stores that stop meanwhile: it has started its own.
    await closeSwitches().finally(() => Promise.all([stack.stop(6_000), lab.stop()]));
  }
}

/** @returns puts right what was switched, and takes no more */
async function openSwitches(started: Started, supervisor: Supervisor): Promise<() => Promise<void>> {
  const { stack, broker, switchesAt, terminal } = started;
  const { 'payment-provider': provider, ...own } = stack.processes;
  // From the shopper inward, and last what stands outside the stores.
  const processes = [...Object.values(own), ...(broker ? [broker] : []), provider!];
  const switches = faultSwitches({ processes, provider: provider!, supervisor, terminal });
  const server = await serveSwitches(switches, switchesAt);
  return async () => {
    await server.close();
    await switches.close();
  };
}
