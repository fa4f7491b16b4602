import type { BookEntry } from './book.ts';
import { PRICE, type World } from './world.ts';

// Asked a million times: what there would be to say is put together only when it has to be said.
function must(holds: boolean, otherwise: () => string): void {
  if (!holds) throw new Error(otherwise());
}

const unitsOf = (lines: Iterable<{ readonly quantity: number }>): number => {
  let units = 0;
  for (const { quantity } of lines) units += quantity;
  return units;
};

/** What holds at every moment, whatever is still under way. */
export function checkAlways(world: World): void {
  checkStock(world);
  const pending = new Set<string>();
  for (const entry of world.state.order.orders.values()) {
    checkOrder(world, entry);
    if (entry.order.status !== 'pending') continue;
    must(!pending.has(entry.shopper), () => `shopper ${entry.shopper} has two checkouts under way`);
    pending.add(entry.shopper);
  }
  const { keys, orders } = world.state.order;
  for (const { request, orderId } of world.requests) {
    if (orderId === undefined) continue;
    const known = keys.get(`${request.shopper}/${request.key}`)?.orderId;
    must(known === orderId && orders.has(orderId), () => `key ${request.key} was answered with another order`);
  }
}

function checkStock({ state }: World): void {
  const held = new Map<string, number>();
  for (const { state: reservation, lines } of state.product.reservations.values()) {
    if (reservation !== 'reserved') continue;
    for (const { sku, quantity } of lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
  }
  for (const [sku, { received, onHand, reserved, sold, returned }] of state.product.shelves) {
    const told = () => `${onHand} on hand, ${reserved} reserved, ${sold} sold, ${returned} returned of ${sku}`;
    must(Math.min(onHand, reserved, sold, returned) >= 0, told);
    must(received === onHand + reserved + sold - returned, told);
    must(reserved === (held.get(sku) ?? 0), () => `${told()}, while orders hold ${held.get(sku) ?? 0}`);
  }
}

function checkOrder({ state, provider }: World, { order, paymentToken }: BookEntry): void {
  const { id, status, total, items } = order;
  const captured = provider.captured.get(id);
  const held = state.product.reservations.get(id)?.state;
  must(total.amount === unitsOf(items) * PRICE, () => `order ${id} has a wrong total`);
  must((paymentToken === undefined) === (status !== 'pending'), () => `the book keeps a token of ${status} ${id}`);
  must(captured === undefined || captured.amount === total.amount, () => `order ${id} was charged something else`);
  if (status === 'paid') {
    must(held === 'reserved' || held === 'committed', () => `order ${id} is paid, its stock ${held}`);
    must(!provider.refunded.has(id), () => `order ${id} is paid and was refunded`);
  }
  if (status === 'paid' || status === 'canceled') {
    must(captured !== undefined, () => `order ${id} is ${status} and was never charged`);
  }
  if (status === 'rejected') {
    must(held === 'refused' || held === 'released', () => `order ${id} is rejected while its stock is ${held}`);
    must(captured === undefined, () => `order ${id} is rejected, and charged`);
  }
}

/** What holds once nothing is under way any more. */
export function checkAtRest(world: World): void {
  const { state, provider } = world;
  checkAlways(world);
  for (const entry of state.order.orders.values()) checkOrderAtRest(world, entry);
  for (const [shopper, { openOrder }] of state.order.shoppers) {
    must(openOrder === undefined, () => `shopper ${shopper} cannot check out again: ${openOrder} is open`);
  }
  for (const [id, { token, dueAt }] of state.payment.requests) {
    // Who never hears how it ended cannot know that it has: not before the lost message is delivered after all.
    const unheard = world.messages.dead.some(({ type, data }) => type === 'order.rejected.v1' && data.orderId === id);
    must(token === undefined || unheard, () => `the payment service keeps a token of ${id}`);
    must(dueAt === undefined, () => `the payment service has work left for ${id}`);
  }
  for (const [id, { state: known }] of state.payment.records) {
    must(known === provider.settlements.get(id), () => `the ledger has ${known} for ${id}, unlike the provider`);
  }
  const paid = [...state.order.orders.values()].filter(({ order }) => order.status === 'paid');
  for (const [sku, { sold, returned }] of state.product.shelves) {
    const units = unitsOf(paid.flatMap(({ order }) => order.items.filter((line) => line.sku === sku)));
    must(sold - returned === units, () => `${sold - returned} of ${sku} are sold, in orders for ${units}`);
  }
  checkCartsAtRest(world);
}

function checkOrderAtRest({ state, provider }: World, { order, dueAt, awaiting }: BookEntry): void {
  const { id, status, reason } = order;
  const held = state.product.reservations.get(id)?.state;
  const told = () => `order ${id} is ${status} ${reason ?? ''}, its stock ${held}`;
  must(status !== 'pending', told);
  must(dueAt === undefined, () => `${told()}, and something is left to do`);
  must((awaiting ?? []).length === 0, () => `${told()}, and it waits for ${awaiting?.join(', ')}`);
  must((status === 'canceled') === provider.refunded.has(id), () => `${told()}, its refund is not as it should be`);
  if (status === 'paid') must(held === 'committed', told);
  if (status === 'canceled') must(held === 'returned' || held === 'released', told);
  if (status !== 'rejected') return;
  const settlement = provider.settlements.get(id);
  const because = settlement === 'declined' ? 'payment_declined' : 'payment_unavailable';
  must(reason === (held === 'refused' ? 'out_of_stock' : because), () => `${told()}, its charge ${settlement}`);
  must((held === 'refused') === (settlement === undefined), () => `${told()}, its charge ${settlement}`);
}

/** Of what shoppers ever wanted, exactly the lines of orders that were paid for are gone. */
function checkCartsAtRest({ state, wanted }: World): void {
  const left = new Map(wanted);
  for (const { order, shopper } of state.order.orders.values()) {
    if (order.status !== 'paid' && order.status !== 'canceled') continue;
    for (const { sku, quantity } of order.items) {
      left.set(`${shopper}/${sku}`, (left.get(`${shopper}/${sku}`) ?? 0) - quantity);
    }
  }
  for (const [place, quantity] of left) {
    const [shopper, sku] = place.split('/') as [string, string];
    const there = state.cart.carts.get(shopper)?.get(sku) ?? 0;
    must(there === quantity, () => `the cart of ${shopper} has ${there} of ${sku} and not ${quantity}`);
  }
}
