import { fillPath, Order, routes } from '@twinstore/contracts';
import type { CallAnswer, Connections } from './connections.ts';
import { isCheckout, type SessionPlan, type Step } from './journeys.ts';
import type { Buyer, Measuring } from './measures.ts';
import type { Wheel } from './wheel.ts';

export interface SessionContext {
  readonly wheel: Wheel;
  readonly connections: Connections;
  readonly measuring: Measuring;
  /** Who orders is written down here. */
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

  const headersOf = (step: Step): Record<string, string> => ({
    ...(cookie !== undefined && { cookie }),
    ...(step.body !== undefined && { 'content-type': 'application/json' }),
    ...(isCheckout(step.kind) && { 'idempotency-key': `${context.name}-${plan.index}` }),
    ...(step.prefer && { prefer: step.prefer }),
  });

  const play = (index: number, intendedMs: number, possibleMs: number): void => {
    const step = plan.steps[index]!;
    const goOn = (nowMs: number): void => {
      const next = plan.steps[index + 1];
      if (!next) return context.ended();
      const nextMs = intendedMs + next.thinkMs;
      if (nextMs <= nowMs) return play(index + 1, nextMs, nowMs);
      wheel.at(nextMs, () => play(index + 1, nextMs, nextMs));
    };
    const fail = (what: string) => {
      measuring.failed(step.kind, intendedMs, what);
      context.ended();
    };
    if (step.kind === 'cancel' && order?.status !== 'paid') {
      measuring.notApplicable(intendedMs);
      return goOn(wheel.now());
    }
    const sentMs = wheel.now();
    measuring.sent(intendedMs, sentMs - possibleMs);
    const showsOrder = isCheckout(step.kind) || (step.kind === 'get-order' && order?.status === 'pending');
    const path = order ? fillPath(step.path, { id: order.id }) : step.path;
    const call = { method: step.method, path, headers: headersOf(step), body: step.body };
    connections.send({ ...call, keepBody: showsOrder }, (failure, answer) => {
      const times = { intendedMs, sentMs, answeredMs: wheel.now() };
      cookie = answer.sid ?? cookie;
      const seen = showsOrder ? readOrder(answer) : undefined;
      if (isCheckout(step.kind) && cookie !== undefined) context.buyers.push({ cookie, orderId: seen?.id });
      if (failure) return fail(nameOf(failure));
      if (!isExpected(step, answer.status)) return fail(`answered ${answer.status}`);
      const succeed = () => {
        measuring.answered(step.kind, answer.status, times);
        goOn(wheel.now());
      };
      if (!showsOrder) return succeed();
      if (!seen) return fail('answered what is not an order');
      order = seen;
      if (seen.status !== 'pending') measuring.decided(seen.reason ?? seen.status);
      // Who was promised an order goes on at once; whether the promise is kept is seen on the order's page, which is the
      // next step of every journey that buys, so that no contender is asked more often than another to find out.
      if (seen.status !== 'pending' || isCheckout(step.kind)) return succeed();
      lookAgain(seen, times.answeredMs, (what) => (what === undefined ? succeed() : fail(what)));
    });
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

  play(0, plan.arrivalMs, plan.arrivalMs);
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

/** A short name for a failed connection, so that a thousand of them are one line. */
function nameOf(failure: Error): string {
  return 'code' in failure && typeof failure.code === 'string' ? failure.code : failure.message;
}
