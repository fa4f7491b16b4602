import { cartReactions } from '@twinstore/cart';
import {
  events,
  subscriptions,
  type Announcement,
  type EventType,
  type Reactions,
  type Subscriber,
} from '@twinstore/contracts';
import { paymentReactions, payments, paymentWork, type Payments } from '@twinstore/payment';
import { productReactions } from '@twinstore/product';
import { choreograph, orderReactions, type Announce } from '../../src/application/choreograph.ts';
import { orchestrate } from '../../src/application/orchestrate.ts';
import type { Checkout, CheckoutRequest, DrivenBy, OrderBook } from '../../src/application/ports.ts';
import { emptyBook, modelBook } from './book.ts';
import { modelCarts, noCarts } from './carts.ts';
import { stoppedClock } from './clock.ts';
import { openGates } from './gates.ts';
import { modelLedger, modelRequests, noPayments } from './payment.ts';
import { modelProvider, openedProvider } from './provider.ts';
import { emptyStock, modelQuotes, modelStock } from './stock.ts';

/** One subscriber's copy of an event. */
export interface Message {
  readonly id: string;
  readonly to: Subscriber;
  readonly type: EventType;
  readonly data: Announcement['data'];
}

export type DeliveryFate = 'fine' | 'twin' | 'crash' | 'lost';

export const PRICE = 250;

/** A number as an id of the store's. */
export const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export type World = ReturnType<typeof openWorld>;

/**
 * All services over models of what they keep, and whatever is on its way between them. `inboxes`: whether services know
 * an event again by its id; they must come out right without it, too.
 */
export function openWorld(units: Readonly<Record<string, number>>, inboxes: 'with inboxes' | 'without inboxes') {
  const clock = stoppedClock();
  const gates = openGates();
  const state = { product: emptyStock(units), payment: noPayments(), order: emptyBook(), cart: noCarts() };
  const provider = openedProvider();
  const seen: Record<Subscriber, Set<string>> = {
    product: new Set(),
    payment: new Set(),
    order: new Set(),
    cart: new Set(),
  };
  /** Under way; all that was ever said; what was set aside as undeliverable. */
  const messages = { underWay: [] as Message[], ever: [] as Message[], dead: [] as Message[] };
  /** Requests to check out, and the orders that they were answered with. */
  const requests: { readonly request: CheckoutRequest; orderId: string | undefined }[] = [];
  /** What shoppers ever put into their carts, as `shopper/sku`. */
  const wanted = new Map<string, number>();
  const failures: unknown[] = [];
  const trace: string[] = [];
  let ids = 0;
  const newId = () => idOf((ids += 1));

  const stock = modelStock(state.product);
  const carts = modelCarts(state.cart);
  const quotes = modelQuotes(state.product, PRICE);
  const asked = modelRequests(state.payment, clock);
  const books = { calls: modelBook(state.order, clock, 'calls'), events: modelBook(state.order, clock, 'events') };

  const cardProcessor = modelProvider(provider, (orderId) => {
    const held = state.product.reservations.get(orderId)?.state;
    if (held !== 'reserved') throw new Error(`order ${orderId} is charged while its stock is ${held}`);
  });

  const reactions: { [S in Subscriber]: Reactions<S> } = {
    product: productReactions(stock),
    payment: paymentReactions(asked),
    order: orderReactions(books.events),
    cart: cartReactions(carts),
  };

  function say(said: readonly Announcement[], id: () => string): void {
    for (const { type, data } of said) {
      const event = { id: id(), type, data: events[type].parse(data) as Announcement['data'] };
      const copies = (Object.keys(subscriptions) as Subscriber[])
        .filter((to) => (subscriptions[to] as readonly EventType[]).includes(type))
        .map((to): Message => ({ ...event, to }));
      if (copies.length === 0) throw new Error(`nobody listens to ${type}`);
      messages.underWay.push(...copies);
      messages.ever.push(...copies);
    }
  }

  /** One transaction: nothing that happens in it can be seen before its end. */
  async function atomically<T>(work: (announce: Announce) => Promise<T>): Promise<T> {
    const said: Announcement[] = [];
    const result = await work(async (announcements) => void said.push(...announcements));
    say(said, newId);
    return result;
  }

  const paymentsOf = (task: number): Payments =>
    payments(
      gates.through(task, 'ledger', modelLedger(state.payment)),
      gates.through(task, 'provider', cardProcessor, 'remote'),
    );

  /** A process that checks out. */
  function checkout(drivenBy: DrivenBy): Checkout {
    const task = (ids += 1);
    const parts = {
      orders: gates.through(task, 'orders', books[drivenBy]),
      carts: gates.through(task, 'carts', carts),
      watch: { settled: () => Promise.reject(new Error('nobody waits here')) },
      newId,
    };
    if (drivenBy === 'events') {
      const transaction = {
        run: <T>(work: (orders: OrderBook, announce: Announce) => Promise<T>) =>
          atomically((announce) => work(books.events, announce)),
      };
      const gated = gates.through(task, 'order transaction', transaction);
      return choreograph({ ...parts, atomically: gated.run, quotes: gates.through(task, 'quotes', quotes) });
    }
    return orchestrate({
      ...parts,
      products: gates.through(task, 'products', { ...quotes, ...stock }),
      payments: paymentsOf(task),
      onFailure: (error) => failures.push(error),
    });
  }

  /** A process that does what events asked the payment service for. */
  function paymentWorker(orderId: string): Promise<void> {
    const task = (ids += 1);
    const transaction = {
      run: (work: (requests: typeof asked, announce: Announce) => Promise<void>) =>
        atomically((announce) => work(asked, announce)),
    };
    const work = paymentWork({
      requests: gates.through(task, 'requests', asked),
      payments: paymentsOf(task),
      atomically: gates.through(task, 'payment transaction', transaction).run,
    });
    return work(orderId);
  }

  async function deliver(message: Message, fate: DeliveryFate): Promise<void> {
    const { to, type, data, id } = message;
    if (fate !== 'twin' && fate !== 'crash') messages.underWay = messages.underWay.filter((one) => one !== message);
    if (fate === 'lost') return void messages.dead.push(message);
    if (to !== 'cart' && inboxes === 'with inboxes' && seen[to].has(id)) return;
    const before = fate === 'crash' ? structuredClone(state[to]) : undefined;
    const all: Partial<Reactions> = reactions[to];
    const react = all[type as keyof Reactions] as (about: typeof data) => Promise<readonly Announcement[]>;
    const said = await react(JSON.parse(JSON.stringify(data)));
    // The cart has no transaction to roll back: it crashes before it has said what it did.
    if (before) return void (to !== 'cart' && Object.assign(state[to], before));
    seen[to].add(id);
    say(said, () => (to === 'cart' ? `${id} taken out` : newId()));
  }

  return {
    state,
    provider,
    clock,
    gates,
    messages,
    requests,
    wanted,
    failures,
    trace,
    requestsDue: asked.claim,
    newId,
    checkout,
    paymentWorker,
    deliver,
  };
}
