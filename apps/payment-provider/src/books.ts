import type { ChargeRequest, ChargeSettlement, RefundRequest } from '@twinstore/contracts';
import { newId, type Queryable } from '@twinstore/platform';
import { timeOf } from './journal.ts';

/** A key's charge as it was recorded; `request` is undefined where the key was voided before any charge. */
export interface Charge {
  readonly id: string;
  readonly outcome: ChargeSettlement;
  readonly reason: string | undefined;
  readonly request: ChargeRequest | undefined;
}

export interface Refund {
  readonly id: string;
  readonly request: RefundRequest;
}

/** What a call found: `fresh` if it was the one that recorded it. */
export interface Recorded<T> {
  readonly entry: T;
  readonly fresh: boolean;
}

/** Charges and refunds: written once by key, in one statement that commits before it is answered. */
export interface Books {
  findCharge(key: string): Promise<Charge | undefined>;
  charge(
    request: ChargeRequest,
    outcome: 'captured' | 'declined',
    reason: string | undefined,
  ): Promise<Recorded<Charge>>;
  /** Closes a key; answers the charge that was there before, if there was one. */
  void(key: string): Promise<Charge>;
  /** Undefined: no such captured charge of that order and amount, or it was paid back under another key. */
  refund(request: RefundRequest): Promise<Recorded<Refund> | undefined>;
}

interface ChargeRow {
  id: string;
  key: string;
  outcome: ChargeSettlement;
  reason: string | null;
  order_id: string | null;
  amount: number | null;
  currency: 'USD' | null;
  token: ChargeRequest['token'] | null;
}

interface RefundRow {
  id: string;
  key: string;
  charge_key: string;
  order_id: string;
  amount: number;
  currency: 'USD';
}

export function postgresBooks(sql: Queryable): Books {
  async function findCharge(key: string): Promise<Charge | undefined> {
    const { rows } = await sql.query<ChargeRow>(
      `select id, key, outcome, reason, order_id, amount, currency, token from provider.charges where key = $1`,
      [key],
    );
    return rows[0] && toCharge(rows[0]);
  }

  // The insert waits for a twin that is under way and then does nothing; what it left can be read for sure.
  async function known(key: string): Promise<Charge> {
    const found = await findCharge(key);
    if (!found) throw new Error(`the charge ${key} is there and cannot be read`);
    return found;
  }

  return {
    findCharge,
    async charge(request, outcome, reason) {
      const { key, orderId, amount, token } = request;
      const id = newId();
      const { rowCount } = await sql.query(
        `insert into provider.charges (key, id, outcome, reason, order_id, amount, currency, token, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (key) do nothing`,
        [key, id, outcome, reason, orderId, amount.amount, amount.currency, token, timeOf(id)],
      );
      if (rowCount === 1) return { entry: { id, outcome, reason, request }, fresh: true };
      return { entry: await known(key), fresh: false };
    },
    async void(key) {
      const id = newId();
      const { rowCount } = await sql.query(
        `insert into provider.charges (key, id, outcome, at) values ($1, $2, 'voided', $3) on conflict (key) do nothing`,
        [key, id, timeOf(id)],
      );
      return rowCount === 1 ? { id, outcome: 'voided', reason: undefined, request: undefined } : known(key);
    },
    async refund(request) {
      const { key, orderId, chargeKey, amount } = request;
      const id = newId();
      const { rowCount } = await sql.query(
        `insert into provider.refunds (key, id, charge_key, order_id, amount, currency, at)
         select $1, $2, key, order_id, amount, currency, $3 from provider.charges
          where key = $4 and outcome = 'captured' and order_id = $5 and amount = $6 and currency = $7
         on conflict do nothing`,
        [key, id, timeOf(id), chargeKey, orderId, amount.amount, amount.currency],
      );
      if (rowCount === 1) return { entry: { id, request }, fresh: true };
      const { rows } = await sql.query<RefundRow>(
        'select id, key, charge_key, order_id, amount, currency from provider.refunds where key = $1',
        [key],
      );
      return rows[0] && { entry: toRefund(rows[0]), fresh: false };
    },
  };
}

function toCharge({ id, key, outcome, reason, order_id, amount, currency, token }: ChargeRow): Charge {
  const request =
    order_id === null || amount === null || currency === null || token === null
      ? undefined
      : { key, orderId: order_id, amount: { amount, currency }, token };
  return { id, outcome, reason: reason ?? undefined, request };
}

const toRefund = ({ id, key, charge_key, order_id, amount, currency }: RefundRow): Refund => ({
  id,
  request: { key, chargeKey: charge_key, orderId: order_id, amount: { amount, currency } },
});
