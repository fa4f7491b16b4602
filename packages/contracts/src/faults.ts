import type { z } from 'zod';
import type { Fault } from './problems.ts';

/** Where a checked value came from; decides how a fault names its place. */
export type Source = 'body' | 'params' | 'query' | 'headers';

/**
 * Turns zod's issues into faults that a person can act on: one for each place. zod's own wording speaks to programmers,
 * and where a value breaks several rules, the last is the most particular.
 */
export function faultsOf(error: z.ZodError, source: Source): Fault[] {
  const faults = new Map<string, Fault>();
  for (const issue of error.issues) {
    const where = place(issue.path, source);
    faults.set(JSON.stringify(where), { ...where, detail: explain(issue) });
  }
  return [...faults.values()];
}

function place(path: readonly PropertyKey[], source: Source): Pick<Fault, 'pointer' | 'parameter' | 'header'> {
  if (source === 'headers') return { header: headerName(String(path[0])) };
  if (source !== 'body') return { parameter: String(path[0]) };
  const escaped = path.map((key) => encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1')));
  return { pointer: ['#', ...escaped].join('/') };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  boolean: 'true or false',
};

/** One fault as a phrase that follows the field's name: "must be a whole number". */
export function explain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string')
        return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`;
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return issue.message.startsWith('must be')
        ? issue.message
        : `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    default:
      return issue.message.startsWith('must') || issue.message.startsWith('is ') ? issue.message : 'is not valid';
  }
}

/** `idempotency-key` as people write it: `Idempotency-Key`. */
export const headerName = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
