// Also inside a `with`. In `for update`, `for no key update` and `do update`, no statement begins.
const WRITE = /(?<!\b(?:for|key|do)\s+)\b(insert\s+into|update|delete\s+from)\s+((?:[a-z_]\w*\.)?[a-z_]\w*)/i;

// What stands before a parenthesis is a function, and after `is distinct from` comes a value.
const TABLE_IN_SCHEMA = /(?<!\bdistinct\s+)\b(?:from|join)\s+([a-z_]\w*\.[a-z_]\w*)\b(?!\s*\()/i;
const TABLE = /(?<!\bdistinct\s+)\b(?:from|join)\s+([a-z_]\w*)\b(?!\s*[.(])/i;

const names = new Map<string, string>();

/**
 * What a statement is called in a trace: `SELECT orders.orders`, `BEGIN`. A statement of several parts is named for the
 * first that writes, since that is what it is there for: `with … update cart.carts …` is `UPDATE cart.carts`.
 * `text` has to be constant: it is remembered.
 */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = derived(text)));
  return name;
}

function derived(text: string): string {
  const [, write, written] = WRITE.exec(text) ?? [];
  if (write && written) return `${firstWord(write)} ${written}`;
  const verb = firstWord(text).replace('WITH', 'SELECT');
  const table = (TABLE_IN_SCHEMA.exec(text) ?? TABLE.exec(text))?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

const firstWord = (text: string): string => (/[a-z]+/i.exec(text)?.[0] ?? 'SQL').toUpperCase();
