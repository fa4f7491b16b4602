import { Journal, type JournalEntry } from '@twinstore/contracts';
import { allPages } from './shopper.ts';
import { transmit } from './transport.ts';

/** What the provider did for an order; without `orderId`, all it ever did. */
export const journal = (providerUrl: string, orderId?: string): Promise<readonly JournalEntry[]> =>
  allPages(async ({ cursor }) => {
    const query = new URLSearchParams({ ...(orderId && { orderId }), ...(cursor && { cursor }) });
    const { status, text } = await transmit(providerUrl, { method: 'GET', path: `/journal?${query}` });
    if (status !== 200) throw new Error(`the provider's journal answers ${status}: ${text}`);
    return Journal.parse(JSON.parse(text));
  });

/** Charges that took money. */
export const captured = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ kind, outcome }) => kind === 'charge' && outcome === 'captured');

/** Refunds that gave it back. */
export const refunded = (entries: readonly JournalEntry[]): readonly JournalEntry[] =>
  entries.filter(({ kind, outcome }) => kind === 'refund' && outcome === 'refunded');

/** What the shopper is out of pocket, in minor units. */
export const netOf = (entries: readonly JournalEntry[]): number => cents(captured(entries)) - cents(refunded(entries));

const cents = (entries: readonly JournalEntry[]) => entries.reduce((sum, { amount }) => sum + amount.amount, 0);
