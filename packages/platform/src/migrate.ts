import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';

/** A module's migrations: SQL files in a folder of its own, tables in a schema of its own. */
export interface Migrations {
  readonly schema: string;
  readonly directory: URL;
}

const LOCK = 7_389_002;

/**
 * Brings modules' schemas up to date, one after the other. Several processes may try at once: one works, the others
 * wait for its lock. @throws whatever PostgreSQL says of a statement or a connection.
 */
export async function migrate(databaseUrl: string, modules: readonly Migrations[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // The library's own lock gives up at once when it is taken; ours waits. It ends with the connection.
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    for (const { schema, directory } of modules) {
      await runner({
        dbClient: client,
        dir: fileURLToPath(directory),
        direction: 'up',
        migrationsTable: 'migrations',
        migrationsSchema: schema,
        createMigrationsSchema: true,
        noLock: true,
        log: () => {},
      });
    }
  } finally {
    await client.end();
  }
}
