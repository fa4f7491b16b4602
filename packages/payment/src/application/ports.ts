import type { Money } from '@twinstore/kernel';
import type { ChargeOutcome, PaymentRecord, Settlement } from '../domain/payment.ts';
import type { PaymentRequest } from '../domain/request.ts';

export type { ChargeOutcome, PaymentRecord, Settlement };

/** Money for orders. Every method is safe to repeat and to run twice at once for the same order. */
export interface Payments {
  /** Takes the money for an order, once however often asked. `token` stands for the shopper's card. */
  charge(orderId: string, amount: Money, token: string): Promise<ChargeOutcome>;
  /**
   * Gives a charge up. `voided` makes it certain that no charge of this order happened or will; `captured` and
   * `declined` say that it was already decided; `unknown`, that the provider could not be asked.
   */
  abandon(orderId: string): Promise<Settlement | 'unknown'>;
  /** Pays a captured charge back, once however often asked. Nothing was captured: nothing to do, `refunded`. */
  refund(orderId: string): Promise<'refunded' | 'unknown'>;
}

/**
 * The card processor, outside the store. Idempotent by order: one charge and one refund each. The key of an order's
 * charge is where all who drive one checkout meet: once it is settled, every later call gets that same settlement.
 */
export interface PaymentProvider {
  charge(orderId: string, amount: Money, token: string): Promise<ChargeOutcome>;
  /** Closes the key of an order's charge, so that none can come any more, or says how it was settled before. */
  void(orderId: string): Promise<Settlement | 'unknown'>;
  refund(orderId: string, amount: Money): Promise<'refunded' | 'unknown'>;
}

/** The store's own books: over a pool, or over an open transaction. Every method is safe to repeat. */
export interface PaymentLedger {
  /** Writes down that money is about to be taken; answers what is known of it already. */
  open(orderId: string, amount: Money): Promise<PaymentRecord>;
  find(orderId: string): Promise<PaymentRecord | undefined>;
  /** Writes down how the charge ended. The first settlement stands; an order without a record stays without one. */
  settle(orderId: string, settlement: Settlement): Promise<void>;
  /** Writes down that the money went back. @throws if nothing of this order was captured: only a bug asks for that */
  markRefunded(orderId: string): Promise<void>;
}

/** What events have asked of this service, over a pool or an open transaction. Every method is safe to repeat. */
export interface PaymentRequests {
  /** The order is placed: how much it is about, and what stands for the card. */
  askCharge(orderId: string, amount: Money, token: string): Promise<void>;
  /** Its stock is held, so that it may be charged. Answers how the charge stands. */
  stockHeld(orderId: string): Promise<PaymentRequest['charge']>;
  /** It was rejected: unless it was charged before, it never will be. */
  drop(orderId: string): Promise<void>;
  /** It is to be paid back. Answers how the refund stands. */
  askRefund(orderId: string): Promise<PaymentRequest['refund']>;
  /** Requests on which there is work to do now; they are this caller's for a moment. */
  claim(limit: number): Promise<readonly string[]>;
  find(orderId: string): Promise<PaymentRequest | undefined>;
  /** Writes down how the charge ended. False: it was known already. */
  settle(orderId: string, settlement: Settlement): Promise<boolean>;
  /** Writes down that the money went back. False: it was known already. */
  markRefunded(orderId: string): Promise<boolean>;
  /** The provider gave no outcome: somebody asks again after a while. */
  postpone(orderId: string): Promise<void>;
}
