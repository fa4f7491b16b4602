import { createHash } from 'node:crypto';

/** Digest of a JSON value that does not depend on white space or on the order of an object's members. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('base64url');

// The body parser has bounded the nesting.
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // As a list, since an object would put members with numbers for names first and give `__proto__` a meaning.
  return { entries: entries.map(([name, member]) => [name, canonical(member)]) };
}
