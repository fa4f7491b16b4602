import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { ProcessSwitch, ProviderSwitch } from '@twinstore/contracts';
import type { FaultSwitches } from './fault-switches.ts';
import { freePort } from './ports.ts';
import { wordsOf } from './refusal.ts';
import { newSecret } from './secrets.ts';

/** Where the switches are, and what they want to be shown: known before there is anything to switch, as the front doors
 *  are told when they are started. */
export interface SwitchAddress {
  readonly port: number;
  readonly token: string;
}

export const switchAddress = async (): Promise<SwitchAddress> => ({ port: await freePort(), token: newSecret() });

/** A front door's settings for it. */
export const switchSettings = ({ port, token }: SwitchAddress) => ({
  SWITCHES_URL: `http://127.0.0.1:${port}`,
  SWITCHES_TOKEN: token,
});

/** Offers the switches to the front doors, on this machine alone: `GET /`, `PUT /processes/NAME` with `{ "running" }` and
 *  `PUT /provider` with `{ "slow" }`; each answers how all of them stand then. */
export async function serveSwitches(
  switches: FaultSwitches,
  { port, token }: SwitchAddress,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answered = isAllowed(request, token) ? act(request, switches) : Promise.resolve(401);
    void answered
      .catch((error: unknown) => ({ fault: wordsOf(error) }))
      .then(async (result) => {
        const status = typeof result === 'number' ? result : 503;
        const body = status === 200 ? await switches.state() : result;
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(JSON.stringify(body));
      });
  });
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Does what is asked; answers the status. */
async function act(request: IncomingMessage, switches: FaultSwitches): Promise<number> {
  const { method = '', url = '' } = request;
  if (url === '/') return method === 'GET' ? 200 : 405;
  const name = /^\/processes\/([^/]+)$/.exec(url)?.[1];
  if (name === undefined && url !== '/provider') return 404;
  if (method !== 'PUT') return 405;
  const body: unknown = await json(request).catch(() => undefined);
  if (name !== undefined) {
    const wanted = ProcessSwitch.safeParse(body);
    if (!wanted.success) return 400;
    return (await switches.turn(decodeURIComponent(name), wanted.data.running)) ? 200 : 404;
  }
  const wanted = ProviderSwitch.safeParse(body);
  if (!wanted.success) return 400;
  await switches.slowDown(wanted.data.slow);
  return 200;
}

function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
}
