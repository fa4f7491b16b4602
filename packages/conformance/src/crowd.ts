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
  /** From now on nobody asks again: what has no answer by then never gets one, and is a violation. */
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
  readonly putsSouvenir: boolean;
  orderId?: string;
}

/** Between two tries of one request, in milliseconds. */
const PAUSE_MS = 200;

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
    const [token, putsSouvenir] = [pick(chance, tokens), chance(3) === 0];
    for (const [sku, quantity] of lines) await one.put(sku, quantity);
    return { cookie: one.cookie() ?? '', key: randomUUID(), token, lines, putsSouvenir };
  };
  const members = await Promise.all(Array.from({ length: size }, join));

  const faults: string[] = [];
  let lastTry = Infinity;

  /** As a browser on a bad line would: the same request again, until there is an answer. */
  async function insist(member: Member, request: RawRequest): Promise<RawAnswer | undefined> {
    const headers = { 'Content-Type': 'application/json', Cookie: member.cookie, ...request.headers };
    while (Date.now() < lastTry) {
      const answer = await transmit(door.url, { ...request, headers }).catch(() => undefined);
      if (answer && answer.status < 500) return answer;
      await sleep(PAUSE_MS);
    }
    faults.push(`${request.method} ${request.path} got no answer in time`);
    return undefined;
  }

  async function buy(member: Member): Promise<void> {
    const answer = await insist(member, {
      method: 'POST',
      path: '/api/orders',
      headers: { 'Idempotency-Key': member.key },
      body: JSON.stringify({ paymentToken: member.token, shippingAddress: address }),
    });
    if (!answer) return;
    if (answer.status === 201 || answer.status === 202) member.orderId = (JSON.parse(answer.text) as Order).id;
    else faults.push(`a checkout of a filled cart was answered with ${answer.status}: ${answer.text}`);
  }

  /** Something else goes into the cart once the order stands, perhaps before its lines are taken out. */
  async function changeMind(member: Member): Promise<void> {
    if (!member.putsSouvenir || member.orderId === undefined) return;
    const answer = await insist(member, {
      method: 'PUT',
      path: `/api/cart/items/${souvenir.sku}`,
      body: JSON.stringify({ quantity: 1 }),
    });
    if (answer && answer.status !== 200) faults.push(`a cart change was answered with ${answer.status}`);
  }

  /** The cart of one who has what the store says she has: only what she paid for is out of it. */
  async function cartFaults(member: Member): Promise<string[]> {
    const one = shopper(door, member.cookie);
    const order = member.orderId === undefined ? undefined : await one.order(member.orderId);
    if (!order) return [];
    const [wanted, ordered] = [JSON.stringify(member.lines), linesOf(order)];
    const souvenirs = member.putsSouvenir ? [[souvenir.sku, 1]] : [];
    const expected = JSON.stringify([...(order.status === 'paid' ? [] : member.lines), ...souvenirs]);
    const left = linesOf(await one.cart());
    return [
      ...(ordered === wanted ? [] : [`order ${order.id} is of ${ordered}, the cart was ${wanted}`]),
      ...(left === expected ? [] : [`order ${order.id} is ${order.status}, its cart is ${left}, not ${expected}`]),
    ];
  }

  return {
    size,
    async checkOut(onAnswer = () => {}) {
      let answered = 0;
      await Promise.all(
        members.map(async (member) => {
          await buy(member);
          onAnswer((answered += 1));
          await changeMind(member);
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
      const violations = await auditStore({ door, customers, stock: [...stock, souvenir] });
      const carts: string[] = [];
      for (const member of members) carts.push(...(await cartFaults(member)));
      return [...faults, ...violations, ...carts];
    },
  };
}

const linesOf = ({ items }: Pick<Order, 'items'>) => JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity]));
