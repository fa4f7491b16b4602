import type { PaymentToken, ShippingAddress } from '@twinstore/contracts';
import { randomHex } from './client.ts';

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

export const readDraft = (): Draft => ({ ...EMPTY_DRAFT, ...kept<Draft>(DRAFT) });
export const keepDraft = (draft: Draft): void => keep(DRAFT, draft);

/** The idempotency key for a checkout with this body. The same body gets the same key until the store has answered, so
 *  that a second click, a reload and a lost answer never buy twice. */
export function keyFor(body: unknown): string {
  const asked = JSON.stringify(body);
  const last = kept<{ asked: string; key: string }>(KEY);
  if (last?.asked === asked) return last.key;
  const key = randomHex(16);
  keep(KEY, { asked, key });
  return key;
}

/** The store has answered: what comes next is another checkout. */
export const forgetKey = (): void => sessionStorage.removeItem(KEY);

function kept<T>(name: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

function keep(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing: the page itself still has it.
  }
}
