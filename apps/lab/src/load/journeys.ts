import { fillPath, routes } from '@twinstore/contracts';
import { poissonArrivals } from './arrivals.ts';
import { between, exponential, randomOf, type Random, shuffled, weighted, zipf } from './random.ts';

/** The kinds of request that are reported apart. The two ways to order are never put together: a promise is given sooner
 *  than an outcome is known. */
export const requestKinds = [
  'list',
  'search',
  'product',
  'put-item',
  'cart',
  'order-accepted',
  'order-confirmed',
  'get-order',
  'cancel',
] as const;
export type RequestKind = (typeof requestKinds)[number];
export const isCheckout = (kind: RequestKind): boolean => kind === 'order-accepted' || kind === 'order-confirmed';

/** Of 100 checkouts that are not canceled, so many ask to be accepted only (`Prefer: wait=0`); the others wait for the
 *  outcome, as long as the store lets them by itself, and so do all that are canceled: one can only cancel what is known
 *  to be paid, and the time until then would count as the cancellation's. */
export const ACCEPTED_PERCENT = 50;

/** What shoppers do, and how many of 100 do it. */
export const journeyMix = { browse: 50, abandon: 15, buy: 28, declined: 2, cancel: 5 } as const;
export type Journey = keyof typeof journeyMix;

/** A person does not click again within `floor` ms of the last click; beyond it, exponential with mean `mean`. The
 *  floor keeps a normal answer from delaying the next click. */
export const thinkMs = { floor: 50, mean: 150 } as const;

/** Exponent of Zipf's law for the products; about 1 is what shops and libraries see. */
export const ZIPF_EXPONENT = 0.9;

/** Of 100 products put in carts, so many are the one that everybody wants and of which there is little: its row in the
 *  stock is fought for, and once it is sold out its buyers are refused. */
export const HOT_PERCENT = 2;
/** `Little`, in units. */
const HOT_STOCK = { least: 10, most: 60 };

/** How often the cart is read in a session of nothing else, so that putting something in it hardly counts. */
const CARTS_READ = 20;

/** Starts are planned on a grid of so many ms, which is finer than anything measured here: the generator then wakes up
 *  once for all that start together, and yet nothing starts late. */
export const TICK_MS = 2;

export interface Step {
  readonly kind: RequestKind;
  /** From the intended start of the step before, in ms. */
  readonly thinkMs: number;
  readonly method: 'GET' | 'PUT' | 'POST';
  /** `{id}` stands for the order that this session placed. */
  readonly path: string;
  readonly body?: string;
  readonly prefer?: 'wait=0';
  /** The product that it puts in the cart, and how many. */
  readonly sku?: string;
  readonly quantity?: number;
}

export interface SessionPlan {
  readonly index: number;
  readonly journey: Journey | RequestKind;
  /** Intended start of its first step, in ms from the start of the trial. */
  readonly arrivalMs: number;
  readonly steps: readonly Step[];
}

/** What the generator has to know of a product. */
export interface CatalogItem {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly available: number;
}

export interface PlanOptions {
  /** Everything random follows from this text. */
  readonly seed: string;
  readonly catalog: readonly CatalogItem[];
  /** Sessions per second. */
  readonly rate: number;
  readonly durationMs: number;
  /** In place of the journeys: sessions of this one kind of request, with what it takes before it. */
  readonly only?: RequestKind | undefined;
}

/** Plans every session of a trial beforehand, down to the last click: the same seed and catalog give the same plan,
 *  whoever is asked to serve it. */
export function planSessions({ seed, catalog, rate, durationMs, only }: PlanOptions): SessionPlan[] {
  const choices = randomOf(`${seed}/choices`);
  const shelf = popular(choices, catalog);
  const hot = shelf.find(({ available }) => available >= HOT_STOCK.least && available <= HOT_STOCK.most);
  const rank = zipf(shelf.length, ZIPF_EXPONENT);
  const draw: Draw = {
    choices,
    patience: randomOf(`${seed}/patience`),
    product: () => shelf[rank(choices)]!,
    wanted: () => (hot && choices.next() * 100 < HOT_PERCENT ? hot : shelf[rank(choices)]!),
  };
  return poissonArrivals(randomOf(`${seed}/arrivals`), rate, durationMs).map((arrivalMs, index) => {
    const journey = only ?? weighted(choices, journeyMix);
    const steps = only ? stepsToOnly(only, draw) : stepsOf(journey as Journey, draw);
    return { index, journey, arrivalMs: onGrid(arrivalMs), steps };
  });
}

/** Where a plan's choices come from. */
interface Draw {
  readonly choices: Random;
  /** Whether a checkout waits for its outcome. */
  readonly patience: Random;
  /** To look at. */
  product(): CatalogItem;
  /** To put in a cart. */
  wanted(): CatalogItem;
}

const onGrid = (ms: number) => Math.round(ms / TICK_MS) * TICK_MS;

/** Products by how much they are asked for. What a shop sells much of it keeps much of: well-stocked ones come first,
 *  so that a trial measures checkouts and not refusals. */
function popular(random: Random, catalog: readonly CatalogItem[]): CatalogItem[] {
  const mixed = shuffled(random, catalog);
  const isStocked = (item: CatalogItem) => item.available >= 100;
  return [...mixed.filter(isStocked), ...mixed.filter((item) => !isStocked(item))];
}

/** What makes one step after the other. */
function stepMaker({ choices: random, patience, product, wanted }: Draw) {
  const step = (kind: RequestKind, method: Step['method'], path: string, body?: unknown): Step => ({
    kind,
    method,
    path,
    thinkMs: onGrid(thinkMs.floor + exponential(random, thinkMs.mean)),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const catalogPage = (query: string) => `${routes.listProducts.path}?${query}`;
  const look = (sku = product().sku) => step('product', 'GET', fillPath(routes.getProduct.path, { sku }));
  const put = (sku: string): Step => {
    const quantity = between(random, 1, 2);
    const path = fillPath(routes.putCartItem.path, { sku });
    return { ...step('put-item', 'PUT', path, { quantity }), sku, quantity };
  };
  const take = () => {
    const { sku } = wanted();
    return [look(sku), put(sku)];
  };
  const order = (kind: RequestKind, paymentToken = 'tok_visa') =>
    step(kind, 'POST', routes.placeOrder.path, { paymentToken, shippingAddress });
  return {
    front: () => step('list', 'GET', catalogPage('limit=20')),
    shelf: () => step('list', 'GET', catalogPage(`limit=20&sort=price&category=${product().category}`)),
    search: () => step('search', 'GET', catalogPage(`limit=20&q=${encodeURIComponent(wordOf(product().name))}`)),
    look,
    put: () => put(product().sku),
    fill: () => Array.from({ length: between(random, 1, 3) }, take).flat(),
    cart: () => step('cart', 'GET', routes.getCart.path),
    order,
    orderOrAccept: (paymentToken?: string): Step =>
      patience.next() * 100 < ACCEPTED_PERCENT
        ? { ...order('order-accepted', paymentToken), prefer: 'wait=0' }
        : order('order-confirmed', paymentToken),
    orderPage: () => step('get-order', 'GET', routes.getOrder.path),
    cancel: () => step('cancel', 'POST', routes.cancelOrder.path),
  };
}

function stepsOf(journey: Journey, draw: Draw): Step[] {
  const { front, shelf, search, look, fill, cart, order, orderOrAccept, orderPage, cancel } = stepMaker(draw);
  switch (journey) {
    case 'browse':
      return [front(), look(), shelf(), look(), search(), look()];
    case 'abandon':
      return [front(), search(), ...fill(), cart()];
    case 'buy':
      return [front(), search(), ...fill(), cart(), orderOrAccept(), orderPage()];
    case 'declined':
      return [front(), ...fill(), cart(), orderOrAccept('tok_declined'), orderPage()];
    case 'cancel':
      return [front(), ...fill(), cart(), order('order-confirmed'), orderPage(), cancel()];
  }
}

function stepsToOnly(kind: RequestKind, draw: Draw): Step[] {
  const { front, search, look, put, cart, order, orderPage, cancel } = stepMaker(draw);
  const bought = () => [put(), order('order-confirmed')];
  switch (kind) {
    case 'list':
      return [front()];
    case 'search':
      return [search()];
    case 'product':
      return [look()];
    case 'put-item':
      return [put()];
    case 'cart':
      return [put(), ...Array.from({ length: CARTS_READ }, cart)];
    case 'order-accepted':
      return [put(), { ...order(kind), prefer: 'wait=0' }, orderPage()];
    case 'order-confirmed':
      return bought();
    case 'get-order':
      return [...bought(), orderPage()];
    case 'cancel':
      return [...bought(), cancel()];
  }
}

/** What a person would search for: the longest word. */
const wordOf = (name: string) => name.split(/\s+/).reduce((best, word) => (word.length > best.length ? word : best));

const shippingAddress = {
  name: 'Ada Lovelace',
  line1: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
