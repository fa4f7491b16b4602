import type { PaymentToken } from '@twinstore/contracts';

export type Decision =
  | { readonly outcome: 'captured' }
  | { readonly outcome: 'declined'; readonly reason: string }
  /** Out of order for this card: nothing is recorded. */
  | { readonly outcome: 'refused' };

/** What a card is worth. `declineRate` (0 to 1) is the share of good cards that are declined; `chance` is in [0, 1). */
export function decide(token: PaymentToken, declineRate: number, chance: number): Decision {
  switch (token) {
    case 'tok_visa':
      return chance < declineRate ? { outcome: 'declined', reason: 'do_not_honor' } : { outcome: 'captured' };
    case 'tok_timeout':
      return { outcome: 'captured' };
    case 'tok_declined':
      return { outcome: 'declined', reason: 'card_declined' };
    case 'tok_insufficient_funds':
      return { outcome: 'declined', reason: 'insufficient_funds' };
    case 'tok_unavailable':
      return { outcome: 'refused' };
  }
}
