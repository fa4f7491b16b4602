/** So many units of a product. */
interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/**
 * One line per SKU, in SKU order (by code point, as the database sorts): whoever locks stock in this order cannot
 * deadlock. @throws RangeError for a quantity that is not a whole number from 1: only a bug makes one.
 */
export function oneLinePerSku(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    if (!Number.isSafeInteger(quantity) || quantity < 1) throw new RangeError(`not a quantity: ${quantity} of ${sku}`);
    quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }
  return [...quantities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sku, quantity]) => ({ sku, quantity }));
}
