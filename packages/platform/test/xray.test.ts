import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Switches } from '@twinstore/contracts';
import { HTML, send, serve, TRACE_ID, type Door } from './storefront-bed.ts';

let door: Door;
beforeAll(async () => {
  door = await serve();
});

describe('/xray', () => {
  it('tells which tools there are', async () => {
    const { status, headers, text } = await send(door, '/xray');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(JSON.parse(text)).toEqual({ enabled: false, switches: false, name: 'monolith', doors: [], lab: null });

    const doors = [{ name: 'monolith', url: 'http://localhost:8080' }];
    const SWITCHES = { SWITCHES_URL: 'http://127.0.0.1:9', SWITCHES_TOKEN: 'a token of sixteen' };
    const all = await serve({ XRAY: 'on', STORE_DOORS: doors, LAB_URL: 'http://localhost:8090', ...SWITCHES });
    const told = await send(all, '/xray');
    expect(JSON.parse(told.text)).toEqual({
      enabled: true,
      switches: true,
      name: 'monolith',
      doors,
      lab: 'http://localhost:8090',
    });
    expect(told.text).not.toContain(SWITCHES.SWITCHES_TOKEN);
  });

  it('shows what is known of a trace where spans are kept, and nothing where none are', async () => {
    const on = await serve({ XRAY: 'on' });
    const { status, headers, text } = await send(on, `/xray/traces/${TRACE_ID}`);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(JSON.parse(text)).toEqual({ traceId: TRACE_ID, spans: [], silent: ['order'] });
    for (const id of ['', 'x', TRACE_ID.slice(1), `${TRACE_ID}0`, TRACE_ID.toUpperCase(), TRACE_ID.replace('a', 'g')]) {
      expect([id, (await send(on, `/xray/traces/${id}`, HTML)).status]).toEqual([id, 404]);
    }
    expect((await send(door, `/xray/traces/${TRACE_ID}`)).status).toBe(404);
  });

  it('has no switches where nobody offers any', async () => {
    const door = await serve({ XRAY: 'on' });
    const json = { 'content-type': 'application/json' };
    expect((await send(door, '/xray/switches')).status).toBe(404);
    expect((await send(door, '/xray/switches/provider', json, 'PUT', '{"slow":true}')).status).toBe(404);
  });
});

describe('the switches at a front door', () => {
  const TOKEN = 'a token of sixteen';
  const state: Switches = {
    processes: [{ name: 'order-service', running: false, backInMs: 59_000 }],
    provider: { slow: true },
  };
  let controller: Server;
  let answers: (asked: IncomingMessage) => number;
  const asked: string[] = [];

  beforeAll(async () => {
    controller = createServer(async (req, res) => {
      const body = req.method === 'PUT' ? ` ${JSON.stringify(await json(req))}` : '';
      asked.push(`${req.headers.authorization} ${req.method} ${req.url}${body}`);
      res.writeHead(answers(req), { 'content-type': 'application/json' }).end(JSON.stringify(state));
    });
    await new Promise<void>((resolve) => controller.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    controller.closeAllConnections();
    controller.close();
  });

  async function serveSwitched(): Promise<Door> {
    asked.length = 0;
    answers = () => 200;
    const { port } = controller.address() as AddressInfo;
    return serve({ SWITCHES_URL: `http://127.0.0.1:${port}`, SWITCHES_TOKEN: TOKEN });
  }

  const put = (door: Door, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(door, path, { 'content-type': 'application/json', ...headers }, 'PUT', JSON.stringify(body));

  it('are shown and moved by whoever started the store', async () => {
    const door = await serveSwitched();
    const shown = await send(door, '/xray/switches');
    expect([shown.status, shown.headers['cache-control'], JSON.parse(shown.text)]).toEqual([200, 'no-store', state]);
    const moved = await put(door, '/xray/switches/processes/order-service', { running: false });
    expect([moved.status, JSON.parse(moved.text)]).toEqual([200, state]);
    expect((await put(door, '/xray/switches/provider', { slow: true })).status).toBe(200);
    expect(asked).toEqual([
      `Bearer ${TOKEN} GET /`,
      `Bearer ${TOKEN} PUT /processes/order-service {"running":false}`,
      `Bearer ${TOKEN} PUT /provider {"slow":true}`,
    ]);
  });

  it('are moved by their names alone', async () => {
    const door = await serveSwitched();
    await put(door, '/xray/switches/processes/..%2fprovider', { running: false });
    expect(asked).toEqual([`Bearer ${TOKEN} PUT /processes/..%2Fprovider {"running":false}`]);
    answers = () => 404;
    expect((await put(door, '/xray/switches/processes/none', { running: false })).status).toBe(404);
    expect((await put(door, '/xray/switches/processes/order-service', { running: 'no' })).status).toBe(400);
    expect((await put(door, '/xray/switches/provider', {})).status).toBe(400);
    expect((await send(door, '/xray/switches', {}, 'DELETE')).status).toBe(405);
    expect((await send(door, '/xray/switches/provider', {}, 'OPTIONS')).headers['allow']).toBe('PUT, OPTIONS');
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
    [{ host: 'evil.example' }],
  ])('are not moved by a page of another site: %j', async (headers) => {
    const door = await serveSwitched();
    for (const [path, body] of [
      ['/xray/switches/processes/order-service', { running: false }],
      ['/xray/switches/provider', { slow: true }],
    ] as const) {
      const refused = await put(door, path, body, headers);
      expect([refused.status, JSON.parse(refused.text).detail]).toEqual([
        404,
        expect.stringContaining('Only the pages'),
      ]);
    }
    expect(asked).toEqual([]);
  });

  it('are moved by its own pages', async () => {
    const door = await serveSwitched();
    const own = { 'sec-fetch-site': 'same-origin', origin: door.url };
    expect((await put(door, '/xray/switches/provider', { slow: true }, own)).status).toBe(200);
    expect((await put(door, '/xray/switches/provider', { slow: true }, { origin: door.url })).status).toBe(200);
  });

  it('are said to be away when they do not answer', async () => {
    const door = await serve({ SWITCHES_URL: 'http://127.0.0.1:9', SWITCHES_TOKEN: TOKEN });
    const { status, headers, text } = await send(door, '/xray/switches');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(text)).toMatchObject({ type: '/problems/service-unavailable' });
    const failing = await serveSwitched();
    answers = () => 503;
    expect((await put(failing, '/xray/switches/provider', { slow: true })).status).toBe(503);
  });
});
