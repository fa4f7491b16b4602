import type { PaymentToken, ShippingAddress } from '@twinstore/contracts';
import { randomHex } from './client.ts';
import { forget, keep, kept } from './kept.ts';

/** What a shopper has typed at the checkout: kept for this tab until the order is placed. */
export interface Draft {
  readonly shippingAddress: Record<keyof ShippingAddress, string>;
  readonly paymentToken: PaymentToken;
}

export const EMPTY_DRAFT: Draft = {
  shippingAddress: { name: '', line1: '', line2: '', city: '', region: '', postalCode: '', country: 'US' },
  paymentToken: 'tok_visa',
};

const DRAFT = 'twinstore-draft';
const KEY = 'twinstore-key';

export const readDraft = (): Draft => ({ ...EMPTY_DRAFT, ...read<Draft>(DRAFT) });
export const keepDraft = (draft: Draft): void => keep(DRAFT, JSON.stringify(draft));

/** The idempotency key for a checkout, which is the same for the same body and state of the cart until the store has
 *  answered: a second click, a reload and a lost answer never buy twice. */
export function keyFor(checkout: unknown): string {
  const asked = JSON.stringify(checkout);
  const last = read<{ asked: string; key: string }>(KEY);
  if (last?.asked === asked) return last.key;
  const key = randomHex(16);
  keep(KEY, JSON.stringify({ asked, key }));
  return key;
}

/** Whether the last checkout has had no answer. */
export const isUnanswered = (): boolean => kept(KEY) !== undefined;

/** The store has answered: what comes next is another checkout. */
export const forgetKey = (): void => forget(KEY);

function read<T>(name: string): T | undefined {
  try {
    return JSON.parse(kept(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
