import pg from 'pg';

/** SQLSTATEs with which PostgreSQL says that the very same transaction may well succeed. */
const WORTH_AN_INSTANT_RETRY = new Set(['40001', '40P01']);

export const isConflict = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && WORTH_AN_INSTANT_RETRY.has(error.code ?? '');

/** What went wrong, for logs and dead letters, without the event's data: PostgreSQL quotes rows and values in its
 *  messages, and whatever else quotes the payment token has it taken out. */
export function describeFailure(error: unknown, data: unknown): string {
  if (error instanceof pg.DatabaseError) {
    const { code, table, constraint } = error;
    return ['PostgreSQL error', code, table && `on ${table}`, constraint && `(${constraint})`]
      .filter(Boolean)
      .join(' ');
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const token = tokenOf(data);
  return (token ? text.replaceAll(token, '[payment token]') : text).slice(0, 500);
}

const tokenOf = (data: unknown): string | undefined => {
  const token = (data as { paymentToken?: unknown }).paymentToken;
  return typeof token === 'string' && token !== '' ? token : undefined;
};
