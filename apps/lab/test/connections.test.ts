import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallAnswer } from '../src/load/answer-reader.ts';
import { type Call, type Connections, openConnections } from '../src/load/connections.ts';

const servers: Server[] = [];
let connections: Connections;
afterEach(async () => {
  connections.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function open(answer: RequestListener, timeoutMs = 5_000): Promise<Server> {
  const server = createServer(answer);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  connections = openConnections(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs);
  return server;
}

const send = (call: Partial<Call> = {}) =>
  new Promise<{ failure: Error | undefined; answer: CallAnswer }>((resolve) => {
    const whole: Call = { method: 'GET', path: '/', headers: {}, keepBody: true, ...call };
    connections.send(whole, (failure, answer) => resolve({ failure, answer }));
  });

describe('the connections of the generator', () => {
  it('send what is asked, and read what is answered', async () => {
    await open(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const { method, url, headers } = request;
      response.writeHead(201, { 'set-cookie': 'sid=me; Path=/' });
      response.end(JSON.stringify({ method, url, cookie: headers.cookie, text }));
    });
    const { answer } = await send({ method: 'PUT', path: '/cart', headers: { cookie: 'sid=you' }, body: '{"é":1}' });
    expect(answer).toMatchObject({ status: 201, sid: 'sid=me' });
    expect(JSON.parse(answer.body)).toEqual({ method: 'PUT', url: '/cart', cookie: 'sid=you', text: '{"é":1}' });
    const { answer: bare } = await send({ method: 'POST', path: '/cancel' });
    expect(JSON.parse(bare.body)).toMatchObject({ method: 'POST', url: '/cancel', text: '' });
  });

  it('read an answer that is longer than one read', async () => {
    const long = 'é'.repeat(300_000);
    await open((_, response) => void response.end(long));
    expect((await send()).answer.body).toBe(long);
  });

  it('take turns while few are busy, and become more when all are', async () => {
    const asked = new Set<unknown>();
    await open((request, response) => {
      asked.add(request.socket);
      setTimeout(() => response.end('done'), request.url === '/slow' ? 50 : 0);
    });
    for (let call = 0; call < 40; call += 1) await send();
    expect(asked.size).toBe(32);
    const answers = await Promise.all(Array.from({ length: 100 }, () => send({ path: '/slow' })));
    expect(answers.every(({ answer }) => answer.body === 'done')).toBe(true);
    expect(connections.count).toBe(100);
  });

  it('go on over a new connection where the old one ends', async () => {
    await open((_, response) => void response.writeHead(200, { connection: 'close' }).end('bye'));
    for (let call = 0; call < 70; call += 1) expect(await send()).toMatchObject({ answer: { body: 'bye' } });
  });

  it('tell of a connection that breaks off, and of a server that is gone', async () => {
    const server = await open((request) => void request.socket.destroy());
    expect((await send()).failure).toBeDefined();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    servers.length = 0;
    // Until it has seen that the connections that it has are closed, it tries those.
    const failures: unknown[] = [];
    for (let call = 0; call < 40; call += 1) failures.push((await send()).failure);
    expect(failures.at(-1)).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('give up on an answer that takes too long', async () => {
    await open(() => {}, 300);
    expect((await send()).failure?.message).toBe('no answer in time');
  });

  it('tell of an answer that is none', async () => {
    await open(() => {});
    connections.close();
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => {}); // it is cut off as soon as it has spoken
      socket.end('220 mail.test ESMTP\r\n\r\n');
    });
    await once(tcp.listen(0, '127.0.0.1'), 'listening');
    connections = openConnections(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}`, 1_000);
    expect((await send()).failure).toBeDefined();
    tcp.close();
  });

  it('say nothing any more once they are closed', async () => {
    await open(() => {});
    let hasCalled = false;
    for (let call = 0; call < 1_100; call += 1) {
      connections.send({ method: 'GET', path: '/', headers: {}, keepBody: false }, () => (hasCalled = true));
    }
    connections.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasCalled).toBe(false);
  });
});
