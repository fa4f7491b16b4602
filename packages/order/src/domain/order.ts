import { err, ok, sum, times, type Money, type Result } from '@twinstore/kernel';

export type OrderStatus = 'pending' | 'paid' | 'rejected' | 'canceled';
export type RejectionReason = 'out_of_stock' | 'payment_declined' | 'payment_unavailable';

/** A line as it was bought: name and price stay what they were, whatever becomes of the product. */
export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly lineTotal: Money;
}

export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly region?: string | undefined;
  readonly postalCode: string;
  readonly country: string;
}

/** What a shopper sees of an order. Times are RFC 3339 in UTC. */
export interface Order {
  readonly id: string;
  readonly status: OrderStatus;
  readonly reason?: RejectionReason | undefined;
  readonly items: readonly OrderLine[];
  readonly total: Money;
  readonly shippingAddress: Address;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Once an outcome is known it stays known; only a paid order changes again, by being canceled. */
export const isDecided = ({ status }: Pick<Order, 'status'>): boolean => status !== 'pending';

interface Wanted {
  readonly sku: string;
  readonly quantity: number;
}

interface Priced {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
}

export type PricingRefusal =
  { readonly code: 'cart-empty' } | { readonly code: 'price-changed'; readonly total: Money };

/**
 * Turns the lines of a cart into those of an order, at the prices of now. Lines of products that are gone are left
 * out, as the cart does not show them either. `expected`: the total that the shopper saw, if she said so.
 */
export function priceLines(
  wanted: readonly Wanted[],
  quotes: readonly Priced[],
  expected: Money | undefined,
): Result<{ readonly lines: readonly OrderLine[]; readonly total: Money }, PricingRefusal> {
  const quoteOf = new Map(quotes.map((quote) => [quote.sku, quote]));
  const lines = wanted.flatMap(({ sku, quantity }) => {
    const quote = quoteOf.get(sku);
    if (!quote) return [];
    const { name, price } = quote;
    return [{ sku, name, unitPrice: price, quantity, lineTotal: times(price, quantity) }];
  });
  if (lines.length === 0) return err({ code: 'cart-empty' });
  const total = sum(lines.map(({ lineTotal }) => lineTotal));
  if (expected && expected.amount !== total.amount) return err({ code: 'price-changed', total });
  return ok({ lines, total });
}
