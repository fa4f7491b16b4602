import { digest } from '../domain/digest.ts';
import { parseKey, type Listing, type Position } from '../domain/listing.ts';

/** A place in one listing as opaque text. Another listing cannot read it, and no damaged one can be read. */
export function encodeCursor(listing: Listing, { sku, key }: Position): string {
  const place = `${sku} ${key}`;
  return Buffer.from(`${seal(listing, place)} ${place}`).toString('base64url');
}

/** The place that a cursor stands for; undefined if it is not ours or another listing's. */
export function decodeCursor(listing: Listing, cursor: string): Position | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  // Node skips what is not base64url; only the one text that was given out counts.
  if (Buffer.from(text).toString('base64url') !== cursor) return undefined;
  const [, sealed, place, sku, rest] = /^([0-9a-z-]+) (([A-Za-z0-9._-]{1,64}) (.*))$/su.exec(text) ?? [];
  if (place === undefined || sku === undefined || rest === undefined) return undefined;
  if (sealed !== seal(listing, place)) return undefined;
  // The seal is no secret: what it covers may still have been made up.
  const key = parseKey(listing.sort, rest);
  return key === undefined ? undefined : { key, sku };
}

function seal({ words, category, sort }: Listing, place: string): string {
  const text = JSON.stringify([words ?? null, category ?? null, sort, place]);
  return `${digest(text).toString(36)}-${digest(text, 1).toString(36)}`;
}
