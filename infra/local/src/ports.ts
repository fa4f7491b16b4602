import { createServer } from 'node:net';
import { Refusal } from './refusal.ts';

const given = new Set<number>();

/** Whether nobody listens on the port, neither on all addresses nor on 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port)) && (await canListen(port, '127.0.0.1'));
}

/** A free port: the first from `from` up, or any. A port is never given out twice by one process.
 *  Any means below 32768: above it the system takes ports for outgoing connections, and could take ours
 *  between this answer and the listen, or while an app is being restarted on its old port. */
export async function freePort(from?: number): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = from === undefined ? 12_000 + Math.floor(Math.random() * 20_000) : from + attempt;
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Refusal('No free port was found on this machine.');
}

/** Makes sure of a port that a setting asks for.
 *  @throws Refusal  naming the setting, when somebody else listens there */
export async function claimPort(port: number, setting: string): Promise<number> {
  if (await isFree(port)) return port;
  throw new Refusal(
    `Port ${port} is taken by another program: stop that one, or choose another port, for example ${setting}=${port + 1000}.`,
  );
}

function canListen(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
