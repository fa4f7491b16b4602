import { err, ok, type Result } from '@twinstore/kernel';

/** So many units of a product, as the shopper wishes: neither priced nor promised. */
export interface CartLine {
  readonly sku: string;
  /** 1 to `MAX_QUANTITY`. */
  readonly quantity: number;
}

/** The cart holds `MAX_LINES` different products, and this would be one more. */
export interface CartFull {
  readonly code: 'cart-full';
}

export const MAX_QUANTITY = 99;
/** Bounds what one cart can cost to price, to keep and to buy. */
export const MAX_LINES = 200;

/** @throws RangeError for a quantity that is not one: requests were checked long before, so only a bug has such */
export function cartLine(sku: string, quantity: number): CartLine {
  if (Number.isInteger(quantity) && quantity >= 1 && quantity <= MAX_QUANTITY) return { sku, quantity };
  throw new RangeError(`not a quantity of a cart line: ${quantity}`);
}

// The rules of a cart's lines in plain code. A store applies them inside one statement of its database, where two tabs
// cannot overtake each other; the store contract's tests hold each store to these functions.

/** A line keeps its place when its quantity changes; a new one comes last. */
export function withLine(lines: readonly CartLine[], line: CartLine): Result<readonly CartLine[], CartFull> {
  const known = lines.some(({ sku }) => sku === line.sku);
  if (known) return ok(lines.map((old) => (old.sku === line.sku ? line : old)));
  return lines.length < MAX_LINES ? ok([...lines, line]) : err({ code: 'cart-full' });
}

export const withoutLine = (lines: readonly CartLine[], sku: string): readonly CartLine[] =>
  lines.filter((line) => line.sku !== sku);

/** Subtracts what was bought, line by line; a line of which nothing is left goes, and none falls below. */
export function subtract(lines: readonly CartLine[], bought: readonly CartLine[]): readonly CartLine[] {
  const less = new Map(merged(bought).map(({ sku, quantity }) => [sku, quantity]));
  return lines
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (less.get(sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** One line per product: the quantities of its lines added up. */
export function merged(lines: readonly CartLine[]): readonly CartLine[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}
