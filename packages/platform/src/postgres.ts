import pg from 'pg';
import { countStatement } from './request-context.ts';
import { sqlSpan } from './tracing/statement-span.ts';

/** A pool, or the client of an open transaction: a store works over either. */
export interface Queryable {
  /** Runs one statement as a named prepared statement; `text` has to be constant, values go in as parameters. */
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number }>;
}

export interface Database extends Queryable {
  /** One client for a whole transaction. */
  connect(): Promise<{ readonly sql: Queryable; release(broken?: Error): void }>;
  /** Rejects if the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

// Money and counts are bigint columns and stay far below 2^53; text would be a trap in sums.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

// Planning costs more than running for most of our statements: 1.3 times the throughput when they are prepared.
const names = new Map<string, string>();
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `s${names.size}`));
  return name;
}

/** The database cannot be reached, or refuses to work at all: nobody's statement is to blame. */
class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
  readonly problem = 'service-unavailable';
}

/** By SQLSTATE: connection exception, insufficient resources, a server that starts or stops. The driver has no codes of
 *  its own, but words for a connection that is gone or was not to be had; the system's begin with an E. */
function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57P)/.test(error.code ?? '');
  const { code, message } = error as NodeJS.ErrnoException;
  return /^E[A-Z]/.test(code ?? '') || /connection terminated|not queryable|when trying to connect/i.test(message);
}

async function orAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isAway(error) ? new DatabaseAway('the database is away', { cause: error }) : error;
  }
}

const queryable = (client: pg.Pool | pg.PoolClient): Queryable => ({
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
    countStatement();
    const span = sqlSpan(text);
    try {
      const query = client.query<Row>({ name: nameOf(text), text, values: values as unknown[] });
      const { rows, rowCount } = await orAway(query);
      span?.set('db.response.returned_rows', rows.length);
      span?.end();
      return { rows, rowCount: rowCount ?? 0 };
    } catch (error) {
      span?.end(error);
      throw error;
    }
  },
});

/**
 * A pool of connections to one database. `max`: 10, the default of node-postgres, for every process alike.
 * A connection that the server drops is replaced when it is next needed; `onError` hears of it.
 */
export function openPostgres(url: string, onError: (error: Error) => void, max = 10): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    // A statement that runs longer than any caller waits for only holds locks.
    statement_timeout: 10_000,
    // A client that died in mid-transaction must not hold its locks until TCP notices.
    idle_in_transaction_session_timeout: 10_000,
  });
  pool.on('error', onError);
  return {
    ...queryable(pool),
    async connect() {
      const client = await orAway(pool.connect());
      // The pool does not listen to a client in use: one that is cut off between two statements would end the process.
      client.on('error', onError);
      return {
        sql: queryable(client),
        release(broken?: Error) {
          client.off('error', onError);
          client.release(broken);
        },
      };
    },
    async ping() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

/**
 * Runs `work` in one transaction (read committed) and commits, or rolls back if it throws. The transaction is the
 * argument that `work` gets; what does not use it does not take part. Never call the network from inside.
 */
export async function inTransaction<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const { sql, release } = await db.connect();
  let broken: Error | undefined;
  try {
    await sql.query('begin');
    const result = await work(sql);
    await sql.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is of no use to anyone.
    await sql.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    release(broken);
  }
}
