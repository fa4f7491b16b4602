import { createServer, type Server, type ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import type { RequestListener } from 'node:http';
import { problem, problemBody, problems, type ProblemCode } from '@twinstore/contracts';
import type { Health } from './health.ts';

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Part of every app's settings. */
interface Address {
  readonly PORT: number;
  readonly BIND_ADDRESS?: string | undefined;
}

const DRAIN_MS = 1500;

const endless = Symbol('endless answers');
type Ends = Set<() => void>;

/**
 * For an answer that goes on and on: `end` is called when its server begins to close, at once if that has happened, so
 * that nobody waits for it.
 */
export function endAtShutdown(res: ServerResponse, end: () => void): void {
  const server = (res as ServerResponse & { [endless]?: { readonly health: Health; readonly ends: Ends } })[endless];
  if (server?.health.closing) return end();
  server?.ends.add(end);
  res.once('close', () => server?.ends.delete(end));
}

/**
 * Listens. Rejects with a sentence if the port is taken. `close` takes no new connections, answers what still comes on
 * open ones with `Connection: close` for a moment, and then waits for what is in hand: closing idle connections at
 * once would race with clients that are just sending on them. Streams are ended at once.
 */
export async function serveHttp(
  { PORT: port, BIND_ADDRESS: host }: Address,
  app: RequestListener,
  health: Health,
): Promise<RunningServer> {
  const ends: Ends = new Set();
  const ours = { health, ends };
  const server = createServer(
    { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 30_000 },
    (req, res) => {
      if (health.closing) res.setHeader('Connection', 'close');
      app(req, Object.assign(res, { [endless]: ours }));
    },
  );
  server.on('clientError', refuse);
  await listen(server, port, host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      health.closing = true;
      const closed = new Promise((resolve) => server.once('close', resolve));
      net.Server.prototype.close.call(server);
      for (const end of ends) end();
      const drained = setTimeout(() => server.closeIdleConnections(), DRAIN_MS);
      const idle = setInterval(() => health.closing && server.closeIdleConnections(), DRAIN_MS + 100);
      await closed;
      clearTimeout(drained);
      clearInterval(idle);
    },
  };
}

const listen = (server: Server, port: number, host: string | undefined) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken; set PORT to a free one`) : error),
    );
    server.listen({ port, host }, resolve);
  });

/** Answers what Node's parser refuses before Express sees it: like everything else, with a problem. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const code: ProblemCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'malformed-request';
  const body = JSON.stringify(problemBody(problem(code)));
  socket.end(
    `HTTP/1.1 ${problems[code].status} Bad Request\r\nContent-Type: application/problem+json\r\n` +
      `X-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
