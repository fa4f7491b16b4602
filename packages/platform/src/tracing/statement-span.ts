import { countStatement } from '../request-context.ts';
import { activeSpan, type OpenSpan } from './active-span.ts';
import { startSpan } from './recorder.ts';
import { statementName } from './statement-name.ts';

/** A statement of PostgreSQL. `text` is constant, and its values are never shown. Undefined if spans are off. */
export function sqlSpan(text: string): OpenSpan | undefined {
  if (!activeSpan()) return undefined;
  return startSpan(statementName(text), 'client', { 'db.system.name': 'postgresql', 'db.query.text': text });
}

/**
 * A command of MongoDB that is about to be sent: counted in any case, like a statement of PostgreSQL; with a span for
 * it if spans are on. Ended by `endWith`. `operation`: as the driver calls it, for example `findOneAndUpdate`.
 */
export function startCommand(operation: string, collection: string): OpenSpan | undefined {
  countStatement();
  if (!activeSpan()) return undefined;
  return startSpan(`${operation} ${collection}`, 'client', {
    'db.system.name': 'mongodb',
    'db.operation.name': operation,
    'db.collection.name': collection,
  });
}
