/** Orders that a listing can have. `relevance` needs words to be relevant to. */
export type Sort = 'relevance' | 'price' | '-price' | 'name' | 'newest';

/** Which products, in which order. */
export interface Listing {
  /** Plain words that a product must have, all of them; none: every product. */
  readonly words: string | undefined;
  readonly category: string | undefined;
  readonly sort: Sort;
}

/** Where a product stands in a listing: after all with a lower key, and after those with the same key and a lower SKU. */
export interface Position {
  readonly key: string | number;
  readonly sku: string;
}

/** Every key ascends: for `-price` and `newest` it is negative, for `relevance` the negative rank. */
const START: Readonly<Record<Sort, string | number>> = {
  relevance: -Number.MAX_VALUE,
  price: Number.MIN_SAFE_INTEGER,
  '-price': Number.MIN_SAFE_INTEGER,
  name: '',
  newest: Number.MIN_SAFE_INTEGER,
};

/** Before the first product. No SKU is empty, so every product comes after. */
export const startOf = (sort: Sort): Position => ({ key: START[sort], sku: '' });

/** Blank words are none; without words nothing is more relevant than another, and the newest come first. */
export function listing(q: string | undefined, category: string | undefined, sort: Sort): Listing {
  const words = q?.trim() || undefined;
  return { words, category, sort: sort === 'relevance' && words === undefined ? 'newest' : sort };
}

/** Reads a key from its text; undefined for what cannot be a key of this order. */
export function parseKey(sort: Sort, text: string): string | number | undefined {
  if (sort === 'name') return text.includes('\0') ? undefined : text;
  const number = text === '' ? NaN : Number(text);
  return (sort === 'relevance' ? Number.isFinite(number) : Number.isSafeInteger(number)) ? number : undefined;
}
