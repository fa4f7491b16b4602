import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  fillPath,
  routes,
  storeClient,
  type Answer,
  type Cart,
  type Order,
  type PaymentToken,
  type ShippingAddress,
  type StoreClient,
} from '@twinstore/contracts';
import type { Money } from '@twinstore/kernel';
import type { Door } from './door.ts';
import { send } from './manners.ts';
import type { RawAnswer, RawRequest } from './transport.ts';

export const address: ShippingAddress = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4LB',
  country: 'GB',
};

export interface CheckoutWishes {
  readonly token?: PaymentToken;
  readonly key?: string;
  readonly expectedTotal?: Money;
  /** Value of the header `Prefer`, for example `wait=0`. */
  readonly prefer?: string;
}

/** One browser: it keeps the session cookie, and every answer is held to the contract. */
export interface Shopper extends StoreClient {
  /** As the browser would send it; undefined before the first write. */
  readonly cookie: () => string | undefined;
  /** Any request at all, as this shopper. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** A request with a JSON body that may be as wrong as it likes. */
  sendJson(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<RawAnswer>;
  /** Sets a line of the cart. @throws Error if the store refuses */
  put(sku: string, quantity: number): Promise<Cart>;
  cart(): Promise<Cart>;
  checkout(wishes?: CheckoutWishes): Promise<Answer<typeof routes.placeOrder>>;
  /** Checks out, prepared to wait. @throws Error if there is no outcome, or the checkout is refused */
  buy(wishes?: CheckoutWishes): Promise<Order>;
  order(id: string): Promise<Order>;
  /** All orders, page by page. */
  orders(): Promise<readonly Order[]>;
  cancel(id: string): Promise<Answer<typeof routes.cancelOrder>>;
  /** Waits until the order is not pending. @throws Error if it still is after `withinMs` */
  outcome(id: string, withinMs?: number): Promise<Order>;
}

/** A new visitor of the door, or with `cookie` one who was there before. */
export function shopper(door: Pick<Door, 'url'>, cookie?: string): Shopper {
  const jar = cookieJar(cookie);
  const sendAs = async (request: RawRequest): Promise<RawAnswer> => {
    const answer = await send(door, { ...request, headers: { ...jar.header(), ...request.headers } });
    jar.keep(answer.headers.getSetCookie());
    return answer;
  };
  const { call } = storeClient(door.url, ({ method, url, headers, body }) =>
    sendAs({ method, path: url.slice(door.url.length), headers, body }),
  );
  const order = async (id: string) => success(await call(routes.getOrder, { params: { id } }));
  const outcome = (id: string, withinMs = 20_000) =>
    until(
      `order ${id} has an outcome`,
      withinMs,
      () => order(id),
      ({ status }) => status !== 'pending',
    );
  const checkout = ({ token = 'tok_visa', key = randomUUID(), expectedTotal, prefer }: CheckoutWishes = {}) =>
    call(routes.placeOrder, {
      headers: { 'Idempotency-Key': key, ...(prefer === undefined ? {} : { Prefer: prefer }) },
      body: { paymentToken: token, shippingAddress: address, ...(expectedTotal && { expectedTotal }) },
    });

  return {
    call,
    cookie: jar.value,
    send: sendAs,
    sendJson: (method, path, body, headers = {}) =>
      sendAs({
        method,
        path,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    put: async (sku, quantity) => success(await call(routes.putCartItem, { params: { sku }, body: { quantity } })),
    cart: async () => success(await call(routes.getCart)),
    checkout,
    // With patience the answer comes when all is done; an order that is seen to be paid may have lines in the cart yet.
    buy: async (wishes) => outcome(success(await checkout({ prefer: 'wait=30', ...wishes })).id),
    order,
    orders: () => allPages((cursor) => call(routes.listOrders, { query: { limit: 100, ...cursor } }).then(success)),
    cancel: (id) => call(routes.cancelOrder, { params: { id } }),
    outcome,
  };
}

/** The body of a successful answer. @throws Error with the problem of a refusal */
export function success<T>(answer: { status: number } & ({ ok: true; body: T } | { ok: false; problem: unknown })): T {
  if (answer.ok) return answer.body;
  throw new Error(`was refused: ${JSON.stringify(answer.problem)}`);
}

/** Every item of a list, following the cursors. */
export async function allPages<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: readonly T[]; nextCursor: string | null }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let cursor: string | null | undefined;
  do {
    const { items, nextCursor } = await page(cursor ? { cursor } : {});
    found.push(...items);
    cursor = nextCursor;
  } while (cursor !== null);
  return found;
}

/** Asks again, first soon and then every half second, until the answer is `enough`, and gives it back.
 *  @throws Error that names `what` and shows the last answer, after `withinMs` */
export async function until<T>(
  what: string,
  withinMs: number,
  ask: () => Promise<T>,
  enough: (answer: T) => boolean,
): Promise<T> {
  const startedAt = Date.now();
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    const passed = Date.now() - startedAt;
    if (passed > withinMs) throw new Error(`not within ${withinMs} ms: ${what}; ${JSON.stringify(answer)}`);
    await sleep(Math.min(500, 30 + passed / 10));
  }
}

export const orderPath = (id: string): string => fillPath('/api/orders/{id}', { id });
export const itemPath = (sku: string): string => fillPath('/api/cart/items/{sku}', { sku });

function cookieJar(initial: string | undefined) {
  let sid = initial;
  return {
    value: () => sid,
    header: (): Record<string, string> => (sid === undefined ? {} : { Cookie: sid }),
    keep(setCookies: readonly string[]) {
      for (const cookie of setCookies) {
        const [pair = ''] = cookie.split(';');
        if (!pair.startsWith('sid=')) continue;
        sid = pair === 'sid=' || /;\s*max-age=0\b/i.test(cookie) ? undefined : pair;
      }
    },
  };
}
