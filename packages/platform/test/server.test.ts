import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { reply, routes } from '@twinstore/contracts';
import { Agent, request } from 'undici';
import { bind, bindAnswer, type Binding } from '../src/http/bind.ts';
import { createApp, type AppParts } from '../src/http/app.ts';
import { rateLimit } from '../src/http/front-door.ts';
import { send } from '../src/http/reply.ts';
import { serveHttp, type RunningServer } from '../src/http/server.ts';
import { createLogger } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import { openUpstream, Unavailable } from '../src/upstream.ts';
import { serviceTokens } from '../src/service-token.ts';

const servers: RunningServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

const tokens = serviceTokens('a secret of sixteen characters', 'test');

/** For calls that are to be answered, however busy the machine is. */
const PLENTY_MS = 9000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function serve(bindings: Binding[], parts: Partial<AppParts> = {}): Promise<RunningServer & { url: string }> {
  const health = parts.health ?? { checks: {}, closing: false };
  const app = createApp({
    log: createLogger('test', 'silent'),
    metrics: createMetrics('test'),
    identify: async () => ({ caller: { shopper: undefined, admin: false } }),
    trustsDeadline: false,
    bindings,
    ...parts,
    health,
  });
  const server = await serveHttp({ PORT: 0 }, app, health);
  servers.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

const slowSession = (ms: number) =>
  bind(routes.getSession, async () => {
    await pause(ms);
    return reply(200, { account: null });
  });

describe('a server that closes', () => {
  it('finishes what is in hand, and answers what still comes on open connections', async () => {
    const { url, close } = await serve([slowSession(300)]);
    const agent = new Agent({ connections: 2 });
    // A connection that is idle when the server begins to close.
    await request(`${url}/livez`, { dispatcher: agent }).then(({ body }) => body.dump());
    const inHand = request(`${url}/api/session`, { dispatcher: agent });
    await pause(100);
    const closed = close();
    const late = await request(`${url}/readyz`, { dispatcher: agent });
    expect(late.statusCode).toBe(503);
    expect(late.headers['connection']).toBe('close');
    await late.body.dump();
    const answered = await inHand;
    expect(answered.statusCode).toBe(200);
    await answered.body.dump();
    await closed;
    await expect(request(`${url}/livez`)).rejects.toThrow('ECONNREFUSED');
    await agent.close();
  });
});

describe('a server', () => {
  it('answers what is not HTTP with a problem, too', async () => {
    const { port } = await serve([]);
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        let received = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        socket.on('data', (chunk) => (received += chunk.toString()));
        socket.on('close', () => resolve(received));
      });
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*problem\+json[\s\S]*malformed-request/);
    expect(await raw(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 [\s\S]*headers-too-large/,
    );
  });

  it('is not ready while something that it needs does not answer', async () => {
    const { url } = await serve([], {
      health: { checks: { postgres: () => Promise.reject(new Error('secret detail')) }, closing: false },
    });
    const { statusCode, body } = await request(`${url}/readyz`);
    expect(statusCode).toBe(503);
    expect(await body.json()).toEqual({ status: 'unavailable', waitingFor: ['postgres'] });
    expect((await request(`${url}/livez`)).statusCode).toBe(200);
  });

  it('tells a client that asks too often to wait, and others nothing', async () => {
    const guard = rateLimit(3);
    const { url } = await serve([slowSession(0)], guard ? { guard } : {});
    const answers = await Promise.all(Array.from({ length: 5 }, () => request(`${url}/api/session`)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 200, 429, 429]);
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    expect(refused?.headers['retry-after']).toBe('1');
    expect(await refused?.body.json()).toMatchObject({ type: '/problems/rate-limited', status: 429 });
    expect((await request(`${url}/livez`)).statusCode).toBe(200);
  });

  it('does not tell what went wrong inside', async () => {
    const { url } = await serve([
      bind(routes.getSession, () => Promise.reject(new Error('select * from secrets at /home/me'))),
    ]);
    const { statusCode, body } = await request(`${url}/api/session`);
    expect(statusCode).toBe(500);
    const text = await body.text();
    expect(JSON.parse(text)).toEqual({
      type: '/problems/internal',
      title: 'Something went wrong on our side',
      status: 500,
    });
  });

  it('answers also when an answer cannot be sent', async () => {
    const unsendable = bindAnswer(
      routes.getSession,
      async () => 'answer',
      () => {
        throw new Error('it has no shape');
      },
    );
    const { url } = await serve([unsendable]);
    const { statusCode, body } = await request(`${url}/api/session`);
    expect([statusCode, await body.json()]).toEqual([500, expect.objectContaining({ type: '/problems/internal' })]);
  });

  it('cuts off a compressed answer whose headers cannot be sent', async () => {
    const health = { checks: {}, closing: false };
    const server = await serveHttp(
      { PORT: 0 },
      (req, res) => send(req, res, 200, { 'X-Wrong': 'two\nlines' }, 'x'.repeat(2000)),
      health,
    );
    servers.push(server);
    const headers = { 'accept-encoding': 'gzip' };
    await expect(request(`http://127.0.0.1:${server.port}/`, { headers })).rejects.toThrow('other side closed');
  });
});

describe('a call to another process', () => {
  it('ends when its time is over', async () => {
    const silent = createServer(() => {}).listen(0);
    const { port } = silent.address() as AddressInfo;
    const upstream = openUpstream('slow', `http://127.0.0.1:${port}`, tokens);
    await expect(Promise.race([upstream.invoke('/x', [], 100), pause(5000)])).rejects.toThrow(Unavailable);
    silent.closeAllConnections();
    silent.close();
    await upstream.close();
  });

  it('goes to another instance when one has gone, and spreads over those that are there', async () => {
    const served: number[] = [0, 0];
    const instances = served.map((_, index) =>
      createServer((_req, res) => {
        served[index]! += 1;
        res.end('{"result":true}');
      }).listen(0),
    );
    const urls = instances.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const upstream = openUpstream('cloned', [...urls, 'http://127.0.0.1:9'].join(), tokens);
    const calls = await Promise.all(
      Array.from({ length: 60 }, () => upstream.invoke('/x', [], PLENTY_MS).catch(() => false)),
    );
    expect(calls.filter(Boolean).length).toBeGreaterThan(50);
    expect(Math.min(...served)).toBeGreaterThan(10);
    // By now the address where nobody listens is left out.
    const later = await Promise.all(Array.from({ length: 20 }, () => upstream.invoke('/x', [], PLENTY_MS)));
    expect(later).toEqual(Array.from({ length: 20 }, () => true));
    await upstream.close();
    for (const server of instances) server.close();
  });

  it('says that the service does not answer when nobody listens', async () => {
    const upstream = openUpstream('absent', 'http://127.0.0.1:9', tokens);
    await expect(upstream.invoke('/internal/x/y', [], 500)).rejects.toThrow(Unavailable);
    await upstream.close();
  });
});
