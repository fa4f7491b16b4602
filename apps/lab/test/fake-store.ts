import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Behavior, type Cart, type Meta, openApi, type Order, type Product, routes } from '@twinstore/contracts';

export interface FakeStore {
  /** Of the store, and of its payment provider. */
  readonly url: string;
  /** The checkouts that it was sent: idempotency key and preference of each. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface FakeStoreOptions {
  /** How it breaks its word. */
  readonly fault?:
    'charges twice' | 'forgets orders' | 'oversells' | 'keeps the money of a canceled order' | 'loses carts';
  /** Waits before each answer, in ms. */
  readonly delayMs?: () => number;
  /** Orders are decided so many ms after they were placed; without it, at once. */
  readonly decidesAfterMs?: number;
  /** How long an order is waited for unless `Prefer: wait=0` says otherwise; default 3 s. */
  readonly waitsMs?: number;
}

const PRODUCTS = 40;
const json = { 'content-type': 'application/json' };
const manners = {
  'x-request-id': 'fake',
  'x-content-type-options': 'nosniff',
  'server-timing': 'total;dur=1',
  'cache-control': 'no-store',
};
const usd = (amount: number) => ({ amount, currency: 'USD' as const });

/** A store in memory that keeps the contract as far as the lab asks, and a payment provider on the same port. */
export async function fakeStore(options: FakeStoreOptions = {}): Promise<FakeStore> {
  const { fault, delayMs, decidesAfterMs = 0, waitsMs = 3_000 } = options;
  const products = new Map(Array.from({ length: PRODUCTS }, (_, n) => [`SKU-${n}`, productOf(n)]));
  const carts = new Map<string, Map<string, number>>();
  const orders = new Map<string, { order: Order; shopper: string; isForgotten: boolean }>();
  const journal: object[] = [];
  const asked: string[] = [];

  const cartOf = (shopper: string): Cart => {
    const items = [...(carts.get(shopper) ?? [])].map(([sku, quantity]) => {
      const { name, price, available } = products.get(sku)!;
      return { sku, name, unitPrice: price, quantity, lineTotal: usd(price.amount * quantity), available };
    });
    const subtotal = usd(items.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0));
    return { items, subtotal, count: items.reduce((sum, { quantity }) => sum + quantity, 0), version: items.length };
  };
  const write = (orderId: string, kind: string, outcome: string, amount: object) =>
    journal.push({ id: idOf(journal.length), key: `${orderId}:${kind}`, orderId, kind, outcome, amount, at: now() });
  const sell = (order: Order, factor: number) => {
    for (const { sku, quantity } of order.items) {
      const product = products.get(sku)!;
      products.set(sku, { ...product, available: product.available - factor * quantity });
    }
  };
  const decide = (id: string, token: string) => {
    const entry = orders.get(id)!;
    const { order } = entry;
    if (token !== 'tok_visa') {
      write(id, 'charge', 'declined', order.total);
      entry.order = { ...order, status: 'rejected', reason: 'payment_declined' };
      return;
    }
    write(id, 'charge', 'captured', order.total);
    if (fault === 'charges twice') write(id, 'charge', 'captured', order.total);
    if (fault !== 'oversells') sell(order, 1);
    carts.delete(entry.shopper);
    entry.order = { ...order, status: 'paid' };
  };
  const place = (shopper: string, token: string): Order => {
    const { items, subtotal } = cartOf(shopper);
    const id = idOf(orders.size);
    const shippingAddress = { name: 'A', line1: 'B', city: 'C', postalCode: 'D', country: 'GB' as const };
    const lines = items.map(({ sku, name, unitPrice, quantity, lineTotal }) => ({
      sku,
      name,
      unitPrice,
      quantity,
      lineTotal,
    }));
    const times = { createdAt: now(), updatedAt: now() };
    const order: Order = { id, status: 'pending', items: lines, total: subtotal, shippingAddress, ...times };
    orders.set(id, { order, shopper, isForgotten: fault === 'forgets orders' && orders.size % 3 === 0 });
    if (decidesAfterMs === 0) decide(id, token);
    else setTimeout(() => decide(id, token), decidesAfterMs).unref();
    return orders.get(id)!.order;
  };
  const cancel = (id: string): Order => {
    const entry = orders.get(id)!;
    if (fault !== 'keeps the money of a canceled order') write(id, 'refund', 'refunded', entry.order.total);
    sell(entry.order, -1);
    return (entry.order = { ...entry.order, status: 'canceled' });
  };

  const answer = async (request: IncomingMessage, respond: Respond): Promise<void> => {
    const { pathname: path } = new URL(request.url!, 'http://store');
    const method = request.method!;
    const shopper = /sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const body = method === 'PUT' || method === 'POST' ? await bodyOf(request) : {};
    const [, , collection, id, verb] = path.split('/');
    await sleep(delayMs?.() ?? 0, undefined, { ref: false }); // a test does not wait for it at its end
    if (path === '/openapi.json') return respond(200, document);
    if (path === '/api/meta') return respond(200, meta);
    if (path === '/behavior') return respond(200, flawless);
    if (path === '/journal') return respond(200, { items: journal, nextCursor: null });
    if (collection === 'products' && id) return respond(200, products.get(id));
    if (collection === 'products') return respond(200, { items: [...products.values()], nextCursor: null });
    if (collection === 'cart' && method === 'PUT') {
      const who = shopper ?? randomUUID();
      const cart = carts.get(who) ?? new Map<string, number>();
      const isLost = fault === 'loses carts' && asked.length % 2 === 1;
      if (!isLost) carts.set(who, cart.set(verb!, Number(body['quantity'])));
      return respond(200, cartOf(who), shopper ? {} : { 'set-cookie': `sid=${who}; Path=/` });
    }
    if (collection === 'cart') return respond(200, cartOf(shopper!));
    if (method === 'POST' && verb === 'cancel') return respond(200, cancel(id!));
    if (method === 'POST') {
      asked.push(`${request.headers['idempotency-key']} ${request.headers.prefer ?? 'no preference'}`);
      const { id } = place(shopper!, String(body['paymentToken']));
      const waitMs = request.headers.prefer === 'wait=0' ? 0 : waitsMs;
      if (decidesAfterMs > 0) await sleep(Math.min(waitMs, decidesAfterMs + 5), undefined, { ref: false });
      const { order } = orders.get(id)!;
      return respond(order.status === 'pending' ? 202 : 201, order);
    }
    if (id) return respond(200, orders.get(id)!.order);
    const hers = [...orders.values()].filter((entry) => entry.shopper === shopper && !entry.isForgotten);
    respond(200, { items: hers.map(({ order }) => order), nextCursor: null });
  };

  const server = createServer((request, response: ServerResponse) => {
    void answer(request, (status, body, headers = {}) => {
      response.writeHead(status, { ...manners, ...json, ...headers }).end(JSON.stringify(body));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Respond = (status: number, body: unknown, headers?: Record<string, string>) => void;

const document = openApi(Object.values(routes), { title: 'fake', version: '1', description: 'A store in memory' });

const meta: Meta = { architecture: 'monolith', checkout: 'transaction', version: '1', instance: 'fake' };
const flawless: Behavior = {
  latencyMs: { p50: 0, p99: 0 },
  declineRate: 0,
  lostAnswerRate: 0,
  unavailable: false,
};

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

const productOf = (n: number): Product => ({
  sku: `SKU-${n}`,
  name: `Plain Oak Chair ${n}`,
  description: 'One can sit on it.',
  category: n % 2 === 0 ? 'even' : 'odd',
  price: usd(100 + n),
  image: '/images/chair.svg',
  attributes: {},
  available: 1000,
});

const now = () => new Date().toISOString();

/** A UUIDv7 for a number. */
function idOf(n: number): string {
  const digest = createHmac('sha256', 'ids').update(String(n)).digest('hex');
  return `01920000-0000-7000-8000-${digest.slice(0, 12)}`;
}
