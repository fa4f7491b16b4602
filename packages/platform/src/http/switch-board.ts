import { request } from 'undici';
import { Switches } from '@twinstore/contracts';
import { Unavailable } from '../upstream.ts';

/** Longer than a process takes to start. */
const TIMEOUT_MS = 35_000;

/**
 * The switches of whoever started this store: infra/local/src/switch-server.ts. Each answers how all of them stand then,
 * or undefined where there is no such switch. @throws Unavailable
 */
export interface SwitchBoard {
  read(): Promise<Switches | undefined>;
  turn(process: string, running: boolean): Promise<Switches | undefined>;
  slowDown(slow: boolean): Promise<Switches | undefined>;
}

/** `token`: what the switches want to be shown. */
export function switchBoard(url: string, token: string): SwitchBoard {
  async function ask(method: 'GET' | 'PUT', path: string, body?: object): Promise<Switches | undefined> {
    const answer = await request(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw new Unavailable('the switches do not answer', { cause: error });
    });
    const text = await answer.body.text();
    if (answer.statusCode === 404) return undefined;
    if (answer.statusCode !== 200) throw new Unavailable(`the switches answered ${answer.statusCode}`);
    return Switches.parse(JSON.parse(text));
  }

  return {
    read: () => ask('GET', '/'),
    turn: (process, running) => ask('PUT', `/processes/${encodeURIComponent(process)}`, { running }),
    slowDown: (slow) => ask('PUT', '/provider', { slow }),
  };
}
