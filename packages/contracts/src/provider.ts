import { z } from 'zod';
import { route } from './route.ts';
import { Id, Money, PaymentToken } from './shapes.ts';

// No schema here has an id of its own: those with one are components of the store's OpenAPI document, and the provider
// is not the store's.

/** What the provider knows a charge or a refund by; whoever asks chooses it. The same key never does a thing twice. */
export const ProviderKey = z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/, {
  error: 'must be 1 to 200 letters, digits, dots, underscores, colons or hyphens',
});

/** How a charge ended, for ever: every later call with its key gets the same. */
export const ChargeSettlement = z.enum(['captured', 'declined', 'voided']);
export type ChargeSettlement = z.infer<typeof ChargeSettlement>;

export const ChargeRequest = z.object({ key: ProviderKey, orderId: Id, amount: Money, token: PaymentToken });
export type ChargeRequest = z.infer<typeof ChargeRequest>;

export const ChargeAnswer = z.object({
  id: Id,
  key: ProviderKey,
  outcome: ChargeSettlement,
  reason: z.string().optional().describe('Only of a declined charge'),
});
export type ChargeAnswer = z.infer<typeof ChargeAnswer>;

export const RefundRequest = z.object({ key: ProviderKey, orderId: Id, chargeKey: ProviderKey, amount: Money });
export type RefundRequest = z.infer<typeof RefundRequest>;

export const RefundAnswer = z.object({ id: Id, key: ProviderKey, outcome: z.literal('refunded') });
export type RefundAnswer = z.infer<typeof RefundAnswer>;

export const JournalEntry = z.object({
  id: Id,
  key: ProviderKey,
  orderId: Id,
  kind: z.enum(['charge', 'refund']),
  outcome: z.enum(['captured', 'declined', 'refunded']),
  amount: Money,
  at: z.iso.datetime(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

export const Journal = z.object({ items: z.array(JournalEntry), nextCursor: z.string().nullable() });
export type Journal = z.infer<typeof Journal>;

const MAX_LATENCY_MS = 30_000;
const milliseconds = z.number().min(0).max(MAX_LATENCY_MS);
const rate = z.number().min(0).max(1);

/** How well the provider works at present. */
export const Behavior = z.object({
  latencyMs: z.object({ p50: milliseconds, p99: milliseconds }).describe('Log-normal, with these two quantiles'),
  declineRate: rate.describe('Share of good cards that are declined all the same'),
  lostAnswerRate: rate.describe('Share of answers to charges and refunds that are lost after all was recorded'),
  unavailable: z.boolean().describe('Charges and refunds are refused before anything is recorded'),
});
export type Behavior = z.infer<typeof Behavior>;

/** A whole new behavior; what is left out is as if all were well. A `p99` that is left out is the `p50`. */
export const BehaviorChange = z.object({
  latencyMs: z
    .object({ p50: milliseconds.default(0), p99: milliseconds.optional() })
    .transform(({ p50, p99 = p50 }) => ({ p50, p99 }))
    .refine(({ p50, p99 }) => p50 <= p99, { path: ['p99'], error: 'must be at least p50' })
    .default({ p50: 0, p99: 0 }),
  declineRate: rate.default(0),
  lostAnswerRate: rate.default(0),
  unavailable: z.boolean().default(false),
});

const idOf = (what: string) => z.guid({ error: `must be the id of ${what}` }).optional();

/** Every route of the simulated card processor. It stands outside both stores; none of these is the store's. */
export const providerRoutes = {
  charge: route({
    id: 'charge',
    method: 'post',
    path: '/charges',
    module: 'provider',
    summary: 'Take money from a card, once per key',
    access: 'anyone',
    body: ChargeRequest,
    responses: { 200: ChargeAnswer },
    problems: ['provider-refused', 'idempotency-key-reused'],
  }),
  voidCharge: route({
    id: 'voidCharge',
    method: 'post',
    path: '/charges/{key}/void',
    module: 'provider',
    summary: "Close a charge's key, so that no money can be taken by it, or learn how it was settled before",
    access: 'anyone',
    params: z.object({ key: ProviderKey }),
    responses: { 200: z.object({ outcome: ChargeSettlement }) },
  }),
  refund: route({
    id: 'refund',
    method: 'post',
    path: '/refunds',
    module: 'provider',
    summary: 'Pay a captured charge back, once',
    access: 'anyone',
    body: RefundRequest,
    responses: { 200: RefundAnswer },
    problems: ['provider-refused', 'idempotency-key-reused', 'refund-refused'],
  }),
  readJournal: route({
    id: 'readJournal',
    method: 'get',
    path: '/journal',
    module: 'provider',
    summary: 'What moved money or was declined, oldest first, 200 at a time',
    access: 'anyone',
    query: z.object({ orderId: idOf('an order'), cursor: idOf('the last entry of the page before') }),
    responses: { 200: Journal },
  }),
  getBehavior: route({
    id: 'getBehavior',
    method: 'get',
    path: '/behavior',
    module: 'provider',
    summary: 'How well the provider works at present',
    access: 'anyone',
    responses: { 200: Behavior },
  }),
  putBehavior: route({
    id: 'putBehavior',
    method: 'put',
    path: '/behavior',
    module: 'provider',
    summary: 'Make the provider slow, unreliable or well again',
    access: 'anyone',
    body: BehaviorChange,
    responses: { 200: Behavior },
  }),
} as const;
