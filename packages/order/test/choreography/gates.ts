/** What befalls a process at a step that it takes outside itself. All but the crashes are the provider's doing. */
export type Fate = 'fine' | 'crash before' | 'crash after' | 'refused' | 'answer lost' | 'request lost' | 'comes late';

interface Gate {
  /** The process that waits here; it may wait at several gates at once. */
  readonly task: number;
  readonly step: string;
  go(fate: Fate): Promise<void>;
}

/** Where processes stop before each step that others could come in between of, until they are let through. */
export interface Gates {
  readonly parked: readonly Gate[];
  /** Requests that their senders gave up, and that are still on their way. */
  readonly late: (() => Promise<unknown>)[];
  /** A port whose every call stops at a gate. `remote`: an answer `unknown` is to be reckoned with. */
  through<P extends object>(task: number, name: string, port: P, remote?: 'remote'): P;
  /** Lets one through, and whatever follows from that happen, up to the next gates. */
  release(gate: Gate, fate: Fate): Promise<void>;
}

type Act = (...args: unknown[]) => Promise<unknown>;

/** All that is ready to run has run: nothing in this world waits for a timer or for the outside. */
export const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));

export function openGates(): Gates {
  let parked: Gate[] = [];
  const late: (() => Promise<unknown>)[] = [];

  // Nothing that a dead process waited for ever answers it.
  const kill = (task: number) => (parked = parked.filter((gate) => gate.task !== task));

  async function meet(fate: Fate, method: string, act: () => Promise<unknown>, task: number, remote: boolean) {
    if (fate === 'crash before') return void kill(task);
    if (fate === 'crash after') {
      await act();
      return void kill(task);
    }
    if (fate === 'fine' || !remote) return { answer: await act() };
    if (fate === 'answer lost') await act();
    if (fate === 'comes late') late.push(act);
    return { answer: fate === 'refused' && method === 'charge' ? 'refused' : 'unknown' };
  }

  return {
    get parked() {
      return parked;
    },
    late,

    through<P extends object>(task: number, name: string, port: P, remote?: 'remote'): P {
      const gated = Object.entries(port).map(([method, act]: [string, Act]) => [
        method,
        (...args: unknown[]) =>
          new Promise((resolve, reject) => {
            parked.push({
              task,
              step: `${name}.${method}`,
              go: (fate) =>
                meet(fate, method, () => act(...args), task, remote !== undefined).then(
                  (met) => met && resolve(met.answer),
                  reject,
                ),
            });
          }),
      ]);
      return Object.fromEntries(gated) as P;
    },

    async release(gate, fate) {
      parked = parked.filter((one) => one !== gate);
      void gate.go(fate);
      await quiet();
    },
  };
}
