import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { money } from '@twinstore/kernel';
import { freePort } from '@twinstore/local';
import { newId } from '@twinstore/platform';
import { describeWithPostgres, startProvider, type RunningProvider } from '@twinstore/testing';
import { openPaymentProvider, type ConnectedProvider } from '../src/index.ts';

describe('the client of the payment provider', () => {
  const servers: Server[] = [];
  const clients: ConnectedProvider[] = [];

  /** A client of something that answers as told, and no provider would; with the number of requests it got. */
  async function clientOf(answers: readonly { status: number; body: unknown }[]) {
    const asked: string[] = [];
    const server = createServer((req, res) => {
      const { status, body } = answers[Math.min(asked.length, answers.length - 1)] as (typeof answers)[number];
      asked.push(req.url ?? '');
      req.resume();
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    servers.push(server);
    await once(server.listen(0), 'listening');
    const client = openPaymentProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    clients.push(client);
    return { client, asked };
  }

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    for (const server of servers.splice(0)) server.close();
  });

  const refusal = { status: 503, body: { type: '/problems/provider-refused', title: 'Out of order', status: 503 } };
  const charge = (client: ConnectedProvider) => client.charge(newId(), money(100), 'tok_visa');

  it('does not know what happened when nobody listens', async () => {
    const client = openPaymentProvider(`http://127.0.0.1:${await freePort()}`);
    clients.push(client);
    expect(await charge(client)).toBe('unknown');
    expect(await client.void(newId())).toBe('unknown');
    expect(await client.refund(newId(), money(100))).toBe('unknown');
  });

  it.each([
    ['an error that is not a refusal', { status: 500, body: { type: '/problems/internal' } }],
    ["another's 503", { status: 503, body: { type: '/problems/service-unavailable' } }],
    ['an answer that is not the provider’s', { status: 200, body: { hello: 'world' } }],
  ])('asks once more after %s, and then does not know', async (_, answer) => {
    const { client, asked } = await clientOf([answer]);
    expect(await charge(client)).toBe('unknown');
    expect(asked).toHaveLength(2);
  });

  it('believes a refusal at once', async () => {
    const { client, asked } = await clientOf([refusal]);
    expect(await charge(client)).toBe('refused');
    expect(asked).toHaveLength(1);
  });

  it('does not believe a refusal that follows a lost answer: the first try may have taken the money', async () => {
    const { client } = await clientOf([{ status: 502, body: {} }, refusal]);
    expect(await charge(client)).toBe('unknown');
  });

  it('throws when its own request is at fault', async () => {
    const { client, asked } = await clientOf([
      { status: 422, body: { type: '/problems/idempotency-key-reused', title: '', status: 422 } },
    ]);
    await expect(charge(client)).rejects.toThrow('422 /problems/idempotency-key-reused');
    expect(asked).toHaveLength(1);
  });
});

describeWithPostgres('the client of the payment provider, with the real one', () => {
  let provider: RunningProvider;
  let client: ConnectedProvider;

  beforeAll(async () => {
    provider = await startProvider();
    client = openPaymentProvider(provider.url);
  });
  afterAll(async () => {
    await client.close();
    await provider.close();
  });

  it('gives a provider that hangs two times 3 s, does not guess, and finds one charge afterwards', async () => {
    const orderId = newId();
    await provider.behave({ latencyMs: { p50: 4000, p99: 4000 } });
    expect(await client.charge(orderId, money(100), 'tok_visa')).toBe('unknown');
    await provider.behave({});
    expect(await client.charge(orderId, money(100), 'tok_visa')).toBe('captured');
    // The slow tries are answered by now, to nobody.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await provider.journal(orderId)).map(({ outcome }) => outcome)).toEqual(['captured']);
  });

  it('does not know while the provider is dead, and goes on when it is back', async () => {
    const orderId = newId();
    await provider.kill();
    await expect(client.ping()).rejects.toThrow();
    expect(await client.charge(orderId, money(100), 'tok_visa')).toBe('unknown');
    await provider.start();
    await client.ping();
    expect(await client.charge(orderId, money(100), 'tok_visa')).toBe('captured');
  });
});
