import { fillPath, Order, routes } from '@twinstore/contracts';
import type { CallAnswer, Connections } from './connections.ts';
import type { SessionPlan, Step } from './journeys.ts';
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

/** A shopper asks for an order that is still pending so often, and no longer than so long. */
const POLL_EVERY_MS = 50;
const POLL_AT_MOST_MS = 20_000;

/** Plays one session, click by click. An answer other than the contract promises a well-behaved shopper is an error
 *  and ends it. */
export function runSession(plan: SessionPlan, context: SessionContext): void {
  const { wheel, connections, measuring } = context;
  let cookie: string | undefined;
  let order: Order | undefined;

  const headersOf = (step: Step): Record<string, string> => ({
    ...(cookie !== undefined && { cookie }),
    ...(step.body !== undefined && { 'content-type': 'application/json' }),
    ...(step.kind === 'order' && { 'idempotency-key': `${context.name}-${plan.index}` }),
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
    const succeed = (nowMs: number) => {
      measuring.answered(step.kind, intendedMs, sentMs, nowMs);
      goOn(nowMs);
    };
    const path = order ? fillPath(step.path, { id: order.id }) : step.path;
    const call = { method: step.method, path, headers: headersOf(step), body: step.body };
    connections.send({ ...call, keepBody: step.kind === 'order' }, (failure, answer) => {
      const nowMs = wheel.now();
      cookie = answer.sid ?? cookie;
      if (step.kind === 'order') order = readOrder(answer);
      if (step.kind === 'order' && cookie !== undefined) context.buyers.push({ cookie, orderId: order?.id });
      if (failure) return fail(nameOf(failure));
      if (!isExpected(step, answer.status)) return fail(`answered ${answer.status}`);
      if (step.kind !== 'order') return succeed(nowMs);
      if (!order) return fail('answered what is not an order');
      measuring.accepted(answer.status, intendedMs, nowMs);
      untilDecided(order, nowMs, (decided, decidedMs, what) => {
        if (what !== undefined) return fail(what);
        order = decided;
        measuring.decided(decided.reason ?? decided.status);
        succeed(decidedMs);
      });
    });
  };

  /** Calls back once the order is not pending any more, which after a 201 is at once. */
  const untilDecided = (
    known: Order,
    sinceMs: number,
    done: (known: Order, nowMs: number, failure?: string) => void,
  ) => {
    const nowMs = wheel.now();
    if (known.status !== 'pending') return done(known, nowMs);
    if (nowMs - sinceMs > POLL_AT_MOST_MS) return done(known, nowMs, 'was still pending');
    wheel.at(nowMs + POLL_EVERY_MS, () => {
      const path = fillPath(routes.getOrder.path, { id: known.id });
      const headers: Record<string, string> = cookie === undefined ? {} : { cookie };
      connections.send({ method: 'GET', path, headers, keepBody: true }, (failure, answer) => {
        const seen = readOrder(answer);
        if (failure) return done(known, wheel.now(), nameOf(failure));
        if (!seen) return done(known, wheel.now(), `could not be read again: ${answer.status}`);
        untilDecided(seen, sinceMs, done);
      });
    });
  };

  play(0, plan.arrivalMs, plan.arrivalMs);
}

const isExpected = (step: Step, status: number) =>
  step.kind === 'order' ? status === 201 || status === 202 : status === 200;

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
