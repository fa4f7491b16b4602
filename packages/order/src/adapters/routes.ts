import { isId, type Result } from '@twinstore/kernel';
import { problem, reply, routes, type Order as PublicOrder, type ProblemReply } from '@twinstore/contracts';
import { bind, type Binding, type CallContext } from '@twinstore/platform';
import { isDecided, type Order } from '../domain/order.ts';
import type { CancelRefusal, Checkout, CheckoutRefusal, OrderQueries } from '../application/ports.ts';
import { digestOf } from './request-digest.ts';

const DEFAULT_WAIT_S = 3;

/** Which way of checking out a call gets; undefined: one that this process was not given the means for. */
export type ChooseCheckout = (call: CallContext) => Checkout | undefined;

/** Behind several gateways, each says by a header which way is its own. What clients send does not get through them. */
export const asGatewayAsks =
  (ways: { readonly direct: Checkout; readonly choreographed: Checkout | undefined }): ChooseCheckout =>
  (call) =>
    call.header('x-checkout') === 'choreographed' ? ways.choreographed : ways.direct;

const noCheckout = problem('service-unavailable', { detail: 'This way of checking out needs a message broker' });

/** Placing and canceling. */
export const checkoutRoutes = (choose: ChooseCheckout): Binding[] => [
  bind(routes.placeOrder, async ({ headers, body }, call) => {
    const checkout = choose(call);
    if (!checkout) return noCheckout;
    if (call.shopper === undefined) return problem('cart-empty');
    const wait = preferredWait(headers.prefer);
    const placed = await checkout.place(
      {
        shopper: call.shopper,
        key: headers['idempotency-key'],
        bodyDigest: digestOf(call.rawBody),
        paymentToken: body.paymentToken,
        shippingAddress: body.shippingAddress,
        expectedTotal: body.expectedTotal,
      },
      (wait ?? DEFAULT_WAIT_S) * 1000,
    );
    if (!placed.ok) return refusal(placed);
    const order = publicOrder(placed.value);
    const answer = {
      Location: `/api/orders/${order.id}`,
      ...(wait === undefined ? {} : { 'Preference-Applied': `wait=${wait}` }),
    };
    return isDecided(order) ? reply(201, order, answer) : reply(202, order, answer);
  }),

  bind(routes.cancelOrder, async ({ params }, call) => {
    const checkout = choose(call);
    if (!checkout) return noCheckout;
    if (call.shopper === undefined) return problem('not-found');
    const canceled = await checkout.cancel(call.shopper, params.id);
    return canceled.ok ? reply(200, publicOrder(canceled.value)) : refusal(canceled);
  }),
];

/** Reading orders. */
export const orderRoutes = (orders: OrderQueries): Binding[] => [
  bind(routes.listOrders, async ({ query }, call) => {
    const before = query.cursor === undefined ? undefined : Buffer.from(query.cursor, 'base64url').toString();
    if (before !== undefined && !(isId(before) && cursorOf(before) === query.cursor)) {
      return problem('validation', { errors: [{ parameter: 'cursor', detail: 'is not one of ours' }] });
    }
    if (call.shopper === undefined) return reply(200, { items: [], nextCursor: null });
    const found = await orders.list(call.shopper, query.limit + 1, before);
    const items = found.slice(0, query.limit).map(publicOrder);
    const last = items.at(-1);
    return reply(200, { items, nextCursor: found.length > query.limit && last ? cursorOf(last.id) : null });
  }),

  bind(routes.getOrder, async ({ params }, call) => {
    const order = call.shopper === undefined ? undefined : await orders.read(call.shopper, params.id);
    return order ? reply(200, publicOrder(order)) : problem('not-found');
  }),
];

const cursorOf = (id: string) => Buffer.from(id).toString('base64url');

/** Seconds of a `Prefer: wait=n` with n from 0 to 30 (RFC 7240); any other preference is ignored, as the RFC asks. */
function preferredWait(header: string | undefined): number | undefined {
  const seconds = /(?:^|,)\s*wait\s*=\s*"?(\d{1,2})"?\s*(?:[,;]|$)/i.exec(header ?? '')?.[1];
  return seconds === undefined || Number(seconds) > 30 ? undefined : Number(seconds);
}

function refusal({ error }: Extract<Result<never, CheckoutRefusal | CancelRefusal>, { ok: false }>): ProblemReply {
  switch (error.code) {
    case 'price-changed':
      return problem('price-changed', { extensions: { total: error.total } });
    case 'checkout-in-progress':
      return problem('checkout-in-progress', { headers: { 'Retry-After': '1' } });
    case 'not-cancelable':
      return problem('order-not-cancelable');
    default:
      return problem(error.code);
  }
}

/** The same members, named one by one: nothing that is added to the domain's order later leaks out by itself. */
export const publicOrder = (order: Order): PublicOrder => ({
  id: order.id,
  status: order.status,
  ...(order.reason === undefined ? {} : { reason: order.reason }),
  items: order.items.map(({ sku, name, unitPrice, quantity, lineTotal }) => ({
    sku,
    name,
    unitPrice,
    quantity,
    lineTotal,
  })),
  total: order.total,
  shippingAddress: order.shippingAddress,
  createdAt: order.createdAt,
  updatedAt: order.updatedAt,
});
