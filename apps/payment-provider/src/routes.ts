import { problem, providerRoutes, reply, type ChargeRequest, type RefundRequest } from '@twinstore/contracts';
import { sameMoney } from '@twinstore/kernel';
import { bind, type Binding, type Queryable } from '@twinstore/platform';
import type { BehaviorSetting } from './behavior.ts';
import type { Books, Charge } from './books.ts';
import { decide } from './decide.ts';
import { readJournal } from './journal.ts';
import { takeTime } from './latency.ts';
import { AnswerLost, losing } from './lost-answer.ts';

interface Parts {
  readonly sql: Queryable;
  readonly books: Books;
  readonly behavior: BehaviorSetting;
  /** Ends the pretended slowness when the process is about to stop. */
  readonly closing: AbortSignal;
}

/** `tok_timeout`: how long the first answer is waited for before the connection breaks. */
const TIMEOUT_HOLD_MS = 500;
const NO_STORE = { 'Cache-Control': 'no-store' };

export function providerBindings({ sql, books, behavior, closing }: Parts): Binding[] {
  const slowly = () => takeTime(behavior.current().latencyMs, closing);
  const loseSome = () => {
    if (Math.random() < behavior.current().lostAnswerRate) throw new AnswerLost(0);
  };

  return [
    losing(
      bind(providerRoutes.charge, async ({ body }) => {
        await slowly();
        const { declineRate, unavailable } = behavior.current();
        if (unavailable) return problem('provider-refused');
        const decision = decide(body.token, declineRate, Math.random());
        const recorded =
          decision.outcome === 'refused'
            ? { entry: await books.findCharge(body.key), fresh: false }
            : await books.charge(body, decision.outcome, decision.outcome === 'declined' ? decision.reason : undefined);
        if (!recorded.entry) return problem('provider-refused');
        if (!isChargeOf(recorded.entry, body)) return problem('idempotency-key-reused');
        if (body.token === 'tok_timeout' && recorded.fresh) throw new AnswerLost(TIMEOUT_HOLD_MS);
        loseSome();
        const { id, outcome, reason } = recorded.entry;
        return reply(200, { id, key: body.key, outcome, ...(reason === undefined ? {} : { reason }) });
      }),
    ),
    bind(providerRoutes.voidCharge, async ({ params }) => {
      await slowly();
      const { outcome } = await books.void(params.key);
      return reply(200, { outcome });
    }),
    losing(
      bind(providerRoutes.refund, async ({ body }) => {
        await slowly();
        if (behavior.current().unavailable) return problem('provider-refused');
        const recorded = await books.refund(body);
        if (!recorded) return problem('refund-refused');
        if (!sameRefund(recorded.entry.request, body)) return problem('idempotency-key-reused');
        loseSome();
        return reply(200, { id: recorded.entry.id, key: body.key, outcome: 'refunded' as const });
      }),
    ),
    bind(providerRoutes.readJournal, async ({ query }) =>
      reply(200, await readJournal(sql, query.orderId, query.cursor), NO_STORE),
    ),
    bind(providerRoutes.getBehavior, async () => reply(200, behavior.current(), NO_STORE)),
    bind(providerRoutes.putBehavior, async ({ body }) => {
      await behavior.replace(body);
      return reply(200, body, NO_STORE);
    }),
  ];
}

/** A voided key belongs to whatever charge comes for it: it holds none. */
const isChargeOf = ({ request }: Charge, asked: ChargeRequest): boolean =>
  request === undefined ||
  (request.orderId === asked.orderId && request.token === asked.token && sameMoney(request.amount, asked.amount));

const sameRefund = (known: RefundRequest, asked: RefundRequest): boolean =>
  known.orderId === asked.orderId && known.chargeKey === asked.chargeKey && sameMoney(known.amount, asked.amount);
