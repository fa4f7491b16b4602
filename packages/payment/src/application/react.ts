import { shouldGiveUp } from '@twinstore/kernel';
import type { Announcement, Reactions } from '@twinstore/contracts';
import { nextStep, type DueCharge } from '../domain/request.ts';
import { isSettlement } from '../domain/payment.ts';
import type { Payments, PaymentRequests, Settlement } from './ports.ts';

/**
 * What the payment service does on what the others say about an order. It only writes down what is to be done, since
 * no transaction may wait for the provider; `paymentWork` does it. Safe to repeat, and in any order.
 */
export const paymentReactions = (requests: PaymentRequests): Reactions<'payment'> => ({
  async 'order.placed.v1'({ orderId, total, paymentToken }) {
    await requests.askCharge(orderId, total, paymentToken);
    return [];
  },

  async 'stock.reserved.v1'({ orderId }) {
    const charge = await requests.stockHeld(orderId);
    return charge === 'open' || charge === 'dropped' ? [] : [asSettled(orderId, charge)];
  },

  async 'order.rejected.v1'({ orderId }) {
    await requests.drop(orderId);
    return [];
  },

  async 'order.canceled.v1'({ orderId }) {
    const refund = await requests.askRefund(orderId);
    return refund === 'done' ? [asRefunded(orderId)] : [];
  },
});

export interface PaymentWorkParts {
  readonly requests: PaymentRequests;
  readonly payments: Payments;
  /** The requests and what is said over one transaction. */
  readonly atomically: (
    work: (
      requests: PaymentRequests,
      announce: (announcements: readonly Announcement[]) => Promise<void>,
    ) => Promise<void>,
  ) => Promise<void>;
}

/** Does what is to be done now for one order: asks the provider, and then says how it went. Safe to run twice at once. */
export function paymentWork({ requests, payments, atomically }: PaymentWorkParts): (orderId: string) => Promise<void> {
  async function charge({ orderId, amount, token, failingSince }: DueCharge): Promise<void> {
    const outcome = shouldGiveUp(failingSince, new Date())
      ? await payments.abandon(orderId)
      : await payments.charge(orderId, amount, token);
    // Never assumed, always asked again.
    if (!isSettlement(outcome)) return requests.postpone(orderId);
    await atomically(async (requests, announce) => {
      if (await requests.settle(orderId, outcome)) await announce([asSettled(orderId, outcome)]);
    });
  }

  async function refund(orderId: string): Promise<void> {
    if ((await payments.refund(orderId)) === 'unknown') return requests.postpone(orderId);
    await atomically(async (requests, announce) => {
      if (await requests.markRefunded(orderId)) await announce([asRefunded(orderId)]);
    });
  }

  return async (orderId) => {
    const request = await requests.find(orderId);
    const step = request ? nextStep(request) : 'nothing';
    if (step === 'refund') await refund(orderId);
    else if (step !== 'nothing') await charge(step);
  };
}

function asSettled(orderId: string, settlement: Settlement): Announcement {
  if (settlement === 'captured') return { type: 'payment.captured.v1', data: { orderId } };
  const because = settlement === 'declined' ? 'payment_declined' : 'payment_unavailable';
  return { type: 'payment.failed.v1', data: { orderId, because } };
}

const asRefunded = (orderId: string): Announcement => ({ type: 'payment.refunded.v1', data: { orderId } });
