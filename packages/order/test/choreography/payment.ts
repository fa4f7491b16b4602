import { retryDelay, type Money } from '@twinstore/kernel';
import type { PaymentLedger, PaymentRecord, PaymentRequests } from '@twinstore/payment';
import type { Clock } from './clock.ts';

type Request = NonNullable<Awaited<ReturnType<PaymentRequests['find']>>>;

export interface RequestEntry {
  amount: Money | undefined;
  token: string | undefined;
  stockHeld: boolean;
  charge: Request['charge'];
  refund: Request['refund'];
  dueAt: number | undefined;
  attempts: number;
  failingSince: number | undefined;
}

export interface PaymentState {
  requests: Map<string, RequestEntry>;
  records: Map<string, PaymentRecord>;
}

export const noPayments = (): PaymentState => ({ requests: new Map(), records: new Map() });

const CLAIM_MS = 8000;

const untouched = (): RequestEntry => ({
  amount: undefined,
  token: undefined,
  stockHeld: false,
  charge: 'open',
  refund: 'none',
  dueAt: undefined,
  attempts: 0,
  failingSince: undefined,
});

/** What events have asked of the payment service, in memory. */
export function modelRequests(state: PaymentState, clock: Clock): PaymentRequests {
  const entryOf = (orderId: string): RequestEntry => {
    const entry = state.requests.get(orderId) ?? untouched();
    state.requests.set(orderId, entry);
    return entry;
  };
  const chargeWhenReady = (entry: RequestEntry) => {
    if (entry.charge === 'open' && entry.stockHeld && entry.token !== undefined) entry.dueAt ??= clock.now;
  };

  return {
    async askCharge(orderId, amount, token) {
      const entry = entryOf(orderId);
      entry.amount = amount;
      entry.token = entry.charge === 'open' ? token : undefined;
      chargeWhenReady(entry);
    },

    async stockHeld(orderId) {
      const entry = entryOf(orderId);
      entry.stockHeld = true;
      chargeWhenReady(entry);
      return entry.charge;
    },

    async drop(orderId) {
      const entry = entryOf(orderId);
      if (entry.charge !== 'open') return;
      entry.charge = 'dropped';
      entry.token = undefined;
      entry.dueAt = undefined;
    },

    async askRefund(orderId) {
      const entry = entryOf(orderId);
      if (entry.refund === 'none') entry.refund = 'asked';
      if (entry.refund === 'asked') entry.dueAt ??= clock.now;
      return entry.refund;
    },

    async claim(limit) {
      const due = [...state.requests]
        .filter(([, { dueAt }]) => dueAt !== undefined && dueAt <= clock.now)
        .sort(([, a], [, b]) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
        .slice(0, limit);
      for (const [, entry] of due) entry.dueAt = clock.now + CLAIM_MS;
      return due.map(([orderId]) => orderId);
    },

    async find(orderId) {
      const entry = state.requests.get(orderId);
      if (!entry) return undefined;
      const { amount, token, stockHeld, charge, refund, failingSince } = entry;
      return {
        orderId,
        order: amount === undefined || token === undefined ? undefined : { amount, token },
        stockHeld,
        charge,
        refund,
        failingSince: clock.ago(failingSince),
      };
    },

    async settle(orderId, settlement) {
      const entry = state.requests.get(orderId);
      if (entry?.charge !== 'open') return false;
      entry.charge = settlement;
      entry.token = undefined;
      entry.attempts = 0;
      entry.failingSince = undefined;
      entry.dueAt = entry.refund === 'asked' ? clock.now : undefined;
      return true;
    },

    async markRefunded(orderId) {
      const entry = state.requests.get(orderId);
      if (entry?.refund !== 'asked') return false;
      entry.refund = 'done';
      entry.dueAt = undefined;
      return true;
    },

    async postpone(orderId) {
      const entry = state.requests.get(orderId);
      if (entry?.dueAt === undefined) return;
      entry.dueAt = clock.now + retryDelay(entry.attempts);
      entry.attempts += 1;
      entry.failingSince ??= clock.now;
    },
  };
}

/** What the payment service has written down of money, in memory. */
export const modelLedger = (state: PaymentState): PaymentLedger => ({
  async open(orderId, amount) {
    const record = state.records.get(orderId) ?? { orderId, amount, state: 'open', refunded: false };
    state.records.set(orderId, record);
    return record;
  },
  find: async (orderId) => state.records.get(orderId),
  async settle(orderId, settlement) {
    const record = state.records.get(orderId);
    if (record?.state === 'open') state.records.set(orderId, { ...record, state: settlement });
  },
  async markRefunded(orderId) {
    const record = state.records.get(orderId);
    if (record?.state !== 'captured') throw new Error(`nothing of order ${orderId} was captured`);
    state.records.set(orderId, { ...record, refunded: true });
  },
});
