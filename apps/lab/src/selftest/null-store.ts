import { fileURLToPath } from 'node:url';
import { app, freePort } from '@twinstore/local';
import type { Told } from './null-server.ts';

/** How a null server is to behave: it answers after `delayMs`, and `stallInMs` from now gives no answer for `stallMs`. */
export interface Rules {
  readonly delayMs?: number;
  readonly stallInMs?: number;
  readonly stallMs?: number;
}

/** A null server that runs. */
export interface NullStore {
  readonly url: string;
  /** Sets how it behaves from now on; answers what it was like since it was last told. */
  follow(rules: Rules): Promise<Told>;
  stop(): Promise<void>;
}

/** Starts one in a process of its own. `cpus`: its cores, as for `taskset -c`. @throws Refusal  it does not start */
export async function startNullStore(cpus: string | undefined, signal: AbortSignal): Promise<NullStore> {
  const main = fileURLToPath(new URL('./null-server.ts', import.meta.url));
  const server = app({ name: 'null-server', app: 'lab', main, port: await freePort(), env: {}, cpus });
  await server.start(signal);
  const url = server.url.replace('localhost', '127.0.0.1');
  return {
    url,
    async follow(rules) {
      const wishes = new URLSearchParams(
        Object.entries(rules).map(([name, ms]): [string, string] => [name, String(ms)]),
      );
      return (await (await fetch(`${url}/rules?${wishes}`)).json()) as Told;
    },
    stop: () => server.stop(),
  };
}
