import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, PaymentToken } from '@twinstore/contracts';
import { auditStore, type StockAccount } from './audit.ts';
import { pick, type Chance } from './chance.ts';
import type { Door } from './door.ts';
import { address, shopper } from './shopper.ts';
import { stockRoom } from './stock-room.ts';
import { transmit, type RawAnswer, type RawRequest } from './transport.ts';

/** Shoppers who all check out at once, each with a filled cart, at products of which some are scarce. */
export interface Crowd {
  readonly size: number;
  /** Sends all checkouts and answers when each was answered. `onAnswer` is told how many were. */
  checkOut(onAnswer?: (answered: number) => void): Promise<void>;
  /** When nobody asks again (a minute after the start, if not told): who has no answer by then is a violation. */
  giveUpAt(time: number): void;
  /** Once all has come to rest: what the store did that it must not, as sentences. */
  audit(): Promise<readonly string[]>;
}

export interface CrowdWishes {
  readonly size: number;
  readonly chance: Chance;
  /** What the crowd pays with, each as often as it stands here. */
  readonly tokens: readonly PaymentToken[];
}

interface Member {
  readonly cookie: string;
  readonly key: string;
  readonly token: PaymentToken;
  /** SKU and quantity of each line, in the order that they were put in. */
  readonly lines: readonly (readonly [sku: string, quantity: number])[];
  /** What she does as soon as she has her order: puts something else into the cart, or cancels if it is paid. */
  readonly afterwards: 'souvenir' | 'cancel' | 'nothing';
  orderId?: string;
  canceled?: true;
}

/** Between two tries of one request, in milliseconds. */
const PAUSE_MS = 200;
const PATIENCE_MS = 60_000;

export async function gatherCrowd(door: Door, { size, chance, tokens }: CrowdWishes): Promise<Crowd> {
  const room = stockRoom(door);
  const supply = async (units: number) => {
    const { sku } = await room.add({ stock: units, cents: 100 + chance(5000) });
    return { sku, supplied: units };
  };
  // Not quite 3 units are wanted for each member, spread evenly: three products sell out, one of them soon.
  const fair = (3 * size) / 8;
  const units = [2, fair / 3, fair / 1.5, size, size, size, size, size].map(Math.ceil);
  const stock: readonly StockAccount[] = await Promise.all(units.map(supply));
  const souvenir = await supply(size);
  const skus = stock.map(({ sku }) => sku);

  const join = async (): Promise<Member> => {
    const one = shopper(door);
    const wanted = new Set(Array.from({ length: 1 + chance(3) }, () => pick(chance, skus)));
    const lines = [...wanted].map((sku) => [sku, 1 + chance(2)] as const);
    const token = pick(chance, tokens);
    const afterwards = pick(chance, ['souvenir', 'souvenir', 'cancel', 'nothing', 'nothing', 'nothing'] as const);
    for (const [sku, quantity] of lines) await one.put(sku, quantity);
    return { cookie: one.cookie() ?? '', key: randomUUID(), token, lines, afterwards };
  };
  const members = await Promise.all(Array.from({ length: size }, join));

  const faults: string[] = [];
  let lastTry: number | undefined;

  /** As a browser on a bad line would: the same request again, until there is an answer. */
  async function insist(member: Member, request: RawRequest): Promise<RawAnswer | undefined> {
    const headers = { 'Content-Type': 'application/json', Cookie: member.cookie, ...request.headers };
    while (lastTry === undefined || Date.now() < lastTry) {
      const answer = await transmit(door.url, { ...request, headers }).catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      await sleep(PAUSE_MS);
    }
    faults.push(`${request.method} ${request.path} got no answer in time`);
    return undefined;
  }

  async function buy(member: Member): Promise<Order | undefined> {
    const answer = await insist(member, {
      method: 'POST',
      path: '/api/orders',
      headers: { 'Idempotency-Key': member.key },
      body: JSON.stringify({ paymentToken: member.token, shippingAddress: address }),
    });
    if (!answer) return undefined;
    if (answer.status !== 201 && answer.status !== 202) {
      faults.push(`a checkout of a filled cart was answered with ${answer.status}: ${answer.text}`);
      return undefined;
    }
    const order = JSON.parse(answer.text) as Order;
    member.orderId = order.id;
    return order;
  }

  async function goOn(member: Member, { id, status }: Order): Promise<void> {
    // The order stands, but perhaps its lines are still in the cart: they go, and this has to stay.
    if (member.afterwards === 'souvenir') {
      const body = JSON.stringify({ quantity: 1 });
      await demand(200, member, { method: 'PUT', path: `/api/cart/items/${souvenir.sku}`, body });
    }
    if (member.afterwards === 'cancel' && status === 'paid') {
      await demand(200, member, { method: 'POST', path: `/api/orders/${id}/cancel` });
      member.canceled = true;
    }
  }

  async function demand(status: number, member: Member, request: RawRequest): Promise<void> {
    const answer = await insist(member, request);
    if (answer && answer.status !== status) {
      faults.push(`${request.method} ${request.path} was answered with ${answer.status}: ${answer.text}`);
    }
  }

  /** Whether she has what she was told: her order is of what was in her cart, and only what she bought is out of it. */
  async function faultsOf(member: Member): Promise<string[]> {
    if (member.orderId === undefined) return [];
    const one = shopper(door, member.cookie);
    const { id, status, items } = await one.order(member.orderId);
    const [wanted, ordered] = [JSON.stringify(member.lines), linesOf(items)];
    const kept = status === 'rejected' ? member.lines : [];
    const expected = JSON.stringify(member.afterwards === 'souvenir' ? [...kept, [souvenir.sku, 1]] : kept);
    const left = linesOf((await one.cart()).items);
    return [
      ...(ordered === wanted ? [] : [`order ${id} is of ${ordered}, the cart was ${wanted}`]),
      ...(left === expected ? [] : [`order ${id} is ${status}, its cart is ${left}, not ${expected}`]),
      ...(member.canceled && status !== 'canceled' ? [`order ${id} was canceled and is ${status}`] : []),
    ];
  }

  return {
    size,
    async checkOut(onAnswer = () => {}) {
      let answered = 0;
      lastTry ??= Date.now() + PATIENCE_MS;
      await Promise.all(
        members.map(async (member) => {
          const order = await buy(member);
          onAnswer((answered += 1));
          if (order) await goOn(member, order);
        }),
      );
    },
    giveUpAt(time) {
      lastTry = time;
    },
    async audit() {
      const customers = members.map(({ cookie, orderId }) => ({
        cookie,
        acknowledged: orderId === undefined ? [] : [orderId],
        keys: 1,
      }));
      const violations = [...(await auditStore({ door, customers, stock: [...stock, souvenir] }))];
      const rest = members.values();
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (const member of rest) violations.push(...(await faultsOf(member)));
        }),
      );
      return [...faults, ...violations];
    },
  };
}

const linesOf = (lines: Order['items']) => JSON.stringify(lines.map(({ sku, quantity }) => [sku, quantity]));
