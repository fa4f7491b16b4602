import { z } from 'zod';
import { Money } from '@twinstore/contracts';
import { allPages } from './shopper.ts';
import { transmit } from './transport.ts';

const Entry = z.object({
  id: z.string(),
  key: z.string(),
  orderId: z.string(),
  kind: z.enum(['charge', 'refund']),
  outcome: z.enum(['captured', 'declined', 'refunded']),
  amount: Money,
  at: z.iso.datetime(),
});
const Page = z.object({ items: z.array(Entry), nextCursor: z.string().nullable() });

/** One thing that the payment provider did with money. */
export type JournalEntry = z.infer<typeof Entry>;

/** What the provider did for an order; without `orderId`, all it ever did. */
export const journal = (providerUrl: string, orderId?: string): Promise<readonly JournalEntry[]> =>
  allPages(async ({ cursor }) => {
    const query = new URLSearchParams({ ...(orderId && { orderId }), ...(cursor && { cursor }) });
    const { status, text } = await transmit(providerUrl, { method: 'GET', path: `/journal?${query}` });
    if (status !== 200) throw new Error(`the provider's journal answers ${status}: ${text}`);
    return Page.parse(JSON.parse(text));
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
