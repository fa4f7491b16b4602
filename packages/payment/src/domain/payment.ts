import type { Money } from '@twinstore/kernel';

/** How a charge ended, once and for ever. `voided`: it never happened and never will. */
export type Settlement = 'captured' | 'declined' | 'voided';

/**
 * What is known of a charge. `refused`: the provider is out of order and certainly took nothing this time; `unknown`:
 * it may have. Both may be asked again.
 */
export type ChargeOutcome = Settlement | 'refused' | 'unknown';

/** What the store itself has written down of its payments. */
export interface PaymentRecord {
  readonly orderId: string;
  readonly amount: Money;
  readonly state: 'open' | Settlement;
  readonly refunded: boolean;
}

/** Whether an outcome is for ever, and can be written down. */
export const isSettlement = (outcome: ChargeOutcome): outcome is Settlement =>
  outcome !== 'refused' && outcome !== 'unknown';

/**
 * What a refund still takes. `ask-first`: a charge was begun and nobody knows how it ended, so the provider may hold
 * the shopper's money.
 */
export function refundStep(record: PaymentRecord | undefined): 'nothing' | 'ask-first' | 'pay-back' {
  if (record === undefined || record.refunded) return 'nothing';
  if (record.state === 'open') return 'ask-first';
  return record.state === 'captured' ? 'pay-back' : 'nothing';
}
