import { fillPath, Order, routes } from '@twinstore/contracts';
import type { CallAnswer, Connections } from './connections.ts';
import { isCheckout, type SessionPlan, type Step } from './journeys.ts';
import type { Buyer, Measuring } from './measures.ts';
import type { Wheel } from './wheel.ts';

export interface SessionContext {
  readonly wheel: Wheel;
  readonly connections: Connections;
  readonly measuring: Measuring;
  /** Who changes something is written down here. */
  readonly buyers: Buyer[];
  /** Tells this trial's idempotency keys from those of others. */
  readonly name: string;
  readonly ended: () => void;
}

/** A shopper whose order page shows it pending looks again so often, and no longer than so long. */
const LOOK_AGAIN_MS = 100;
const LOOK_AT_MOST_MS = 20_000;

/** Plays one session, click by click. An answer other than the contract promises a well-behaved shopper is an error
 *  and ends it. */
export function runSession(plan: SessionPlan, context: SessionContext): void {
  const { wheel, connections, measuring } = context;
  let cookie: string | undefined;
  let order: Order | undefined;
  /** What she did; on the audit's list from the moment that the store knows her. */
  let herself: Mutable<Buyer> | undefined;

  const headersOf = (step: Step): Record<string, string> => {
    const headers: Record<string, string> = {};
    if (cookie !== undefined) headers['cookie'] = cookie;
    if (step.body !== undefined) headers['content-type'] = 'application/json';
    if (isCheckout(step.kind)) headers['idempotency-key'] = `${context.name}-${plan.index}`;
    if (step.prefer) headers['prefer'] = step.prefer;
    return headers;
  };

  // What the step being played needs to know, since there is one at a time: a handful of closures for each click of
  // thousands of sessions cost the generator more than the click does.
  let index = 0;
  let step = plan.steps[0]!;
  let intendedMs = plan.arrivalMs;
  let [sentMs, answeredMs] = [0, 0];
  let showsOrder = false;
  let cartBefore: Buyer['cart'];

  const goOn = (nowMs: number): void => {
    const next = plan.steps[(index += 1)];
    if (!next) return context.ended();
    step = next;
    intendedMs += next.thinkMs;
    if (intendedMs <= nowMs) play(nowMs);
    else wheel.at(intendedMs, playOnTime);
  };
  const fail = (what: string) => {
    measuring.failed(step.kind, intendedMs, what);
    context.ended();
  };
  const playOnTime = () => play(intendedMs);
  const play = (possibleMs: number): void => {
    if (step.kind === 'cancel' && order?.status !== 'paid') {
      measuring.notApplicable(intendedMs);
      return goOn(wheel.now());
    }
    sentMs = wheel.now();
    measuring.sent(intendedMs, sentMs - possibleMs);
    showsOrder = isCheckout(step.kind) || (step.kind === 'get-order' && order?.status === 'pending');
    const path = order ? fillPath(step.path, { id: order.id }) : step.path;
    // The answer may never come, and what was asked for may be done all the same.
    cartBefore = herself ? herself.cart : {};
    if (herself && step.sku !== undefined) herself.cart = undefined;
    if (herself && isCheckout(step.kind)) herself.hasOrdered = true;
    const { method, body } = step;
    connections.send({ method, path, headers: headersOf(step), body, keepBody: showsOrder }, takeAnswer);
  };
  const takeAnswer = (failure: Error | undefined, answer: CallAnswer): void => {
    answeredMs = wheel.now();
    if (answer.sid !== undefined) cookie = answer.sid;
    if (cookie !== undefined && !herself) {
      context.buyers.push((herself = { cookie, hasOrdered: false, orderId: undefined, cart: {} }));
    }
    const seen = showsOrder ? readOrder(answer) : undefined;
    if (herself && step.sku !== undefined) herself.cart = cartBefore && changed(cartBefore, step, answer.status);
    if (herself && isCheckout(step.kind)) herself.orderId = seen?.id;
    if (failure) return fail(nameOf(failure));
    if (!isExpected(step, answer.status)) return fail(`answered ${answer.status}`);
    if (!showsOrder) return succeed(answer.status);
    if (!seen) return fail('answered what is not an order');
    order = seen;
    if (seen.status !== 'pending') measuring.decided(seen.reason ?? seen.status);
    // Who was promised an order goes on at once; whether the promise is kept is seen on the order's page, which is the
    // next step of every journey that buys, so that no contender is asked more often than another to find out.
    if (seen.status !== 'pending' || isCheckout(step.kind)) return succeed(answer.status);
    lookAgain(seen, answeredMs, (what) => (what === undefined ? succeed(answer.status) : fail(what)));
  };
  const succeed = (status: number) => {
    measuring.answered(step.kind, status, intendedMs, sentMs, answeredMs);
    goOn(wheel.now());
  };

  /** Calls back, once the order is not pending any more, or with why that could not be seen. */
  const lookAgain = ({ id }: Order, sinceMs: number, done: (failure?: string) => void) => {
    if (wheel.now() - sinceMs > LOOK_AT_MOST_MS) return done('was still pending');
    wheel.at(wheel.now() + LOOK_AGAIN_MS, () => {
      const path = fillPath(routes.getOrder.path, { id });
      const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
      measuring.lookedAgain();
      connections.send({ method: 'GET', path, headers, keepBody: true }, (failure, answer) => {
        const seen = readOrder(answer);
        if (failure) return done(nameOf(failure));
        if (!seen) return done(`could not be read again: ${answer.status}`);
        if (seen.status === 'pending') return lookAgain(seen, sinceMs, done);
        order = seen;
        measuring.decided(seen.reason ?? seen.status);
        done();
      });
    });
  };

  playOnTime();
}

/** A cart after a step that set a line of it. Without an answer, or with one that something broke, nobody can know. */
function changed(cart: NonNullable<Buyer['cart']>, { sku, quantity }: Step, status: number): Buyer['cart'] {
  if (status === 200) return { ...cart, [sku!]: quantity! };
  return status === 0 || status >= 500 ? undefined : cart;
}

const isExpected = (step: Step, status: number) =>
  isCheckout(step.kind) ? status === 201 || status === 202 : status === 200;

function readOrder({ status, body }: CallAnswer): Order | undefined {
  if (status >= 300) return undefined;
  try {
    return Order.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // told as an error of this request
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A short name for a failed connection, so that a thousand of them are one line. */
function nameOf(failure: Error): string {
  return 'code' in failure && typeof failure.code === 'string' ? failure.code : failure.message;
}
