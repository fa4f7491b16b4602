import { times, type Money } from '@twinstore/kernel';
import type { JournalEntry, Order } from '@twinstore/contracts';
import type { Door } from './door.ts';
import { captured, journal, netOf, refunded } from './journal.ts';
import { shopper } from './shopper.ts';
import { available } from './stock-room.ts';

/** What one shopper did, as far as the one who drove her knows. */
export interface Customer {
  /** Her session, as `Shopper.cookie()` gives it. */
  readonly cookie: string;
  /** Ids of the orders that the store answered her checkouts with. */
  readonly acknowledged: readonly string[];
  /** How many different idempotency keys she sent; she cannot have more orders than that. */
  readonly keys?: number;
  /** Quantities by SKU as she put them in her cart before she ordered, each acknowledged; undefined: nobody knows. */
  readonly cart?: Readonly<Record<string, number>> | undefined;
}

export interface StockAccount {
  readonly sku: string;
  /** Units at the start, plus what was added or taken away by the admin since. */
  readonly supplied: number;
}

export interface AuditScope {
  readonly door: Pick<Door, 'url' | 'providerUrl'>;
  /** Everybody who may have bought one of the `stock`, or its account cannot balance. */
  readonly customers: readonly Customer[];
  readonly stock: readonly StockAccount[];
  /** Nobody else uses the provider: a charge for an order that no customer has is then a violation too. */
  readonly alone?: true;
}

/**
 * Checks from outside, once everything has come to rest, that nothing was lost, doubled or oversold: every
 * acknowledged order exists once and has ended; the provider holds each paid order's total, once, and nothing for any
 * other; what was supplied is either sold or available; carts hold what was put in them and not bought. Answers violations as sentences; none: the store kept its word.
 */
export async function auditStore({ door, customers, stock, alone }: AuditScope): Promise<readonly string[]> {
  const violations: string[] = [];
  const orders = new Map<string, Order>();
  await eachOf(customers, async (customer) => {
    const herself = shopper(door, customer.cookie);
    const hers = customer.keys === 0 ? [] : await herself.orders();
    violations.push(...promiseViolations(customer, hers));
    if (customer.cart) violations.push(...cartViolations(customer.cart, hers, (await herself.cart()).items));
    for (const order of hers) orders.set(order.id, order);
  });

  const everything = alone && Map.groupBy(await journal(door.providerUrl), ({ orderId }) => orderId);
  await eachOf([...orders.values()], async (order) => {
    const entries = everything ? (everything.get(order.id) ?? []) : await journal(door.providerUrl, order.id);
    violations.push(...orderViolations(order), ...moneyViolations(order, entries));
  });
  for (const [orderId, entries] of everything ?? []) {
    if (!orders.has(orderId) && netOf(entries) !== 0)
      violations.push(`order ${orderId} was charged, but nobody has it`);
  }

  const sold = soldUnits([...orders.values()], ({ status }) => status === 'paid');
  await eachOf(stock, async ({ sku, supplied }) => {
    const left = await available(door, sku);
    const gone = sold.get(sku) ?? 0;
    if (supplied - gone !== left) {
      violations.push(`of ${supplied} units of ${sku}, ${gone} are sold and ${left} available`);
    }
  });
  return violations;
}

function promiseViolations({ acknowledged, keys }: Customer, hers: readonly Order[]): string[] {
  const count = Map.groupBy(hers, ({ id }) => id);
  const violations = [...new Set(acknowledged)]
    .filter((id) => !count.has(id))
    .map((id) => `order ${id} was acknowledged and is gone`);
  for (const [id, { length }] of count) if (length > 1) violations.push(`order ${id} is listed ${length} times`);
  if (keys !== undefined && count.size > keys) violations.push(`${keys} checkouts made ${count.size} orders`);
  return violations;
}

/** What an order took out of a cart stays out of it, also once the order is canceled. */
function cartViolations(put: Readonly<Record<string, number>>, hers: readonly Order[], left: Order['items']): string[] {
  const bought = soldUnits(hers, ({ status }) => status === 'paid' || status === 'canceled');
  const found = new Map(left.map(({ sku, quantity }) => [sku, quantity]));
  const skus = new Set([...Object.keys(put), ...found.keys()]);
  return [...skus].flatMap((sku) => {
    const expected = Math.max(0, (put[sku] ?? 0) - (bought.get(sku) ?? 0));
    const has = found.get(sku) ?? 0;
    return has === expected ? [] : [`a cart holds ${has} of ${sku} where ${expected} should be`];
  });
}

function orderViolations({ id, status, reason, items, total }: Order): string[] {
  const violations: string[] = [];
  if (status === 'pending') violations.push(`order ${id} is still pending`);
  if ((status === 'rejected') !== (reason !== undefined)) violations.push(`order ${id} is ${status}, reason ${reason}`);
  const right = items.every(({ unitPrice, quantity, lineTotal }) => same(times(unitPrice, quantity), lineTotal));
  const sum = items.reduce((cents, { lineTotal }) => cents + lineTotal.amount, 0);
  if (!right || sum !== total.amount) violations.push(`order ${id} does not add up to its total`);
  return violations;
}

const same = (one: Money, other: Money) => one.amount === other.amount && one.currency === other.currency;

function moneyViolations({ id, status, total }: Order, entries: readonly JournalEntry[]): string[] {
  const [charges, refunds, net] = [captured(entries), refunded(entries), netOf(entries)];
  if (charges.length > 1) return [`order ${id} was charged ${charges.length} times`];
  if (refunds.length > 1) return [`order ${id} was refunded ${refunds.length} times`];
  if (status !== 'paid') return net === 0 ? [] : [`order ${id} is ${status}, but the provider holds ${net} cents`];
  if (charges.length === 0) return [`order ${id} is paid, but the provider took nothing`];
  if (refunds.length > 0) return [`order ${id} is paid, but was refunded`];
  return net === total.amount ? [] : [`order ${id} of ${total.amount} cents was charged ${net} cents`];
}

function soldUnits(orders: readonly Order[], counts: (order: Order) => boolean): ReadonlyMap<string, number> {
  const sold = new Map<string, number>();
  for (const { items } of orders.filter(counts)) {
    for (const { sku, quantity } of items) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
  return sold;
}

/** Eight at a time: an audit must not be a load test. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const one of rest) await work(one);
    }),
  );
}
