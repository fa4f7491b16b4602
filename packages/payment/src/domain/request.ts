import type { Money } from '@twinstore/kernel';
import type { Settlement } from './payment.ts';

/** What events have asked for an order. `dropped`: it was rejected before anything was charged. */
export interface PaymentRequest {
  readonly orderId: string;
  /** Known once the order was heard of, with what stands for the card. */
  readonly order: { readonly amount: Money; readonly token: string } | undefined;
  readonly stockHeld: boolean;
  readonly charge: 'open' | Settlement | 'dropped';
  readonly refund: 'none' | 'asked' | 'done';
  /** Since when the provider has not given an outcome (RFC 3339). */
  readonly failingSince: string | undefined;
}

/** A charge that can be made now. */
export interface DueCharge {
  readonly orderId: string;
  readonly amount: Money;
  readonly token: string;
  readonly failingSince: string | undefined;
}

/** What is to be done now. A charge waits for both: the order, which says how much, and the stock, without which not. */
export function nextStep(request: PaymentRequest): DueCharge | 'refund' | 'nothing' {
  const { orderId, order, stockHeld, charge, refund, failingSince } = request;
  if (refund === 'asked') return 'refund';
  return charge === 'open' && stockHeld && order !== undefined ? { orderId, ...order, failingSince } : 'nothing';
}
