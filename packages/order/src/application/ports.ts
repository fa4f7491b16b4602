import type { Money, Result } from '@twinstore/kernel';
import type { Address, Order, OrderLine, PricingRefusal, RejectionReason } from '../domain/order.ts';

/** An order with what its checkout needs to be driven to its end by anyone. */
export interface Undertaking {
  readonly order: Order;
  readonly shopper: string;
  /** Stands for the card until the charge is decided; not kept any longer. */
  readonly paymentToken: string | undefined;
  /** Whether something is still to be done: a step of the checkout, or of a cancellation. */
  readonly unfinished: boolean;
  /** Whether the shopper's cart may still have the lines that the order bought. */
  readonly linesInCart: boolean;
  /** Since when the payment provider has not given an outcome (RFC 3339). */
  readonly failingSince: string | undefined;
}

/** Who carries an order from one step to the next: a process that makes calls, or the services' events. */
export type DrivenBy = 'calls' | 'events';

/** What an order that is driven by events waits to hear: how it ends, and that each module has done its part. */
export type Awaited = 'outcome' | 'sale' | 'cart' | 'return' | 'refund';

/** How a request to check out stands with those before it. */
export type Standing =
  /** Free to go on; `turn` has to be shown again when the order is placed. */
  | { readonly state: 'ready'; readonly turn: number }
  /** The same request came before. */
  | { readonly state: 'replay'; readonly order: Order }
  | { readonly state: 'key-reused' }
  | { readonly state: 'in-progress' };

export interface CheckoutKey {
  readonly shopper: string;
  readonly key: string;
  /** Digest of the request's body: the same key must come with the same request. */
  readonly bodyDigest: string;
}

export interface NewOrder extends CheckoutKey {
  readonly id: string;
  readonly turn: number;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  readonly shippingAddress: Address;
  readonly paymentToken: string;
}

export type Placed = { readonly state: 'placed'; readonly order: Order } | Exclude<Standing, { state: 'ready' }>;

export type CancelRefusal = { readonly code: 'not-found' } | { readonly code: 'not-cancelable' };

/** Checkout's memory: orders, how far each has got, and idempotency keys. Every method is safe to repeat. */
export interface OrderBook {
  /** To be asked before the cart is read. */
  standing(key: CheckoutKey): Promise<Standing>;
  /**
   * Places an order if it is still the shopper's turn, that is if no other checkout of hers began since `standing`
   * was asked; so lines that another checkout is buying cannot be bought again.
   */
  place(order: NewOrder): Promise<Placed>;
  find(orderId: string): Promise<Undertaking | undefined>;
  /** pending → paid; the payment token is forgotten. Answers the order as it is now, whoever decided it. */
  markPaid(orderId: string): Promise<Order>;
  /** pending → rejected, and finished: whatever was held has to be free before. Answers the order as it is now. */
  reject(orderId: string, reason: RejectionReason): Promise<Order>;
  /** paid → canceled, with work left to do. Canceled already: the same answer. */
  cancel(shopper: string, orderId: string): Promise<Result<Order, CancelRefusal>>;
  /** Nothing is left to do for the order, if it still stands as `order` does. The shopper may check out again. */
  finish(order: Pick<Order, 'id' | 'status'>): Promise<void>;
  /** The step could not be done now: somebody tries again after a while. */
  postpone(orderId: string): Promise<void>;
}

/** The book of orders that are driven by events. */
export interface EventedBook extends OrderBook {
  /** Writes down that a module has done its part; after the last one the order is finished. */
  confirm(orderId: string, heard: Awaited): Promise<void>;
}

/** What shoppers ask about their orders. */
export interface OrderQueries {
  read(shopper: string, orderId: string): Promise<Order | undefined>;
  /** Newest first; `before`: id of the last order of the page before. */
  list(shopper: string, limit: number, before: string | undefined): Promise<readonly Order[]>;
}

/** Orders whose next step is due and that nobody else is working on; they are this caller's for a moment. */
export interface Overdue {
  claim(limit: number): Promise<readonly string[]>;
  /** Forgets idempotency keys past their time. */
  forgetOldKeys(): Promise<void>;
}

export interface CheckoutRequest extends CheckoutKey {
  readonly paymentToken: string;
  readonly shippingAddress: Address;
  readonly expectedTotal: Money | undefined;
}

export type CheckoutRefusal =
  PricingRefusal | { readonly code: 'checkout-in-progress' } | { readonly code: 'idempotency-key-reused' };

/** Buying what is in the cart: the one thing that the architectures do differently. */
export interface Checkout {
  /** Checks out; answers once the outcome is known or `waitMs` have passed, and then goes on by itself. */
  place(request: CheckoutRequest, waitMs: number): Promise<Result<Order, CheckoutRefusal>>;
  cancel(shopper: string, orderId: string): Promise<Result<Order, CancelRefusal>>;
  /** Drives an order on from wherever it stands, as far as it will go now. Safe to run twice at once. */
  resume(orderId: string): Promise<void>;
  /** Waits for the work that goes on after its answer was given. */
  close(): Promise<void>;
}
