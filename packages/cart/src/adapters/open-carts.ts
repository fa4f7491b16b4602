import { MongoClient } from 'mongodb';
import { migrate, openPostgres } from '@twinstore/platform';
import type { CartStore } from '../application/ports.ts';
import { cartMigrations } from './migrations.ts';
import { mongoCarts, type CartDocument } from './mongo-store.ts';
import { postgresCarts } from './postgres-store.ts';

/** A cart store with the connections that it needs. */
export interface OpenCarts {
  readonly store: CartStore;
  /** Rejects if the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the carts' own database, ready for use: MongoDB or PostgreSQL, as the URL's scheme says. `onError` hears of
 * connections that PostgreSQL drops while they are idle; MongoDB's driver replaces its own in silence.
 * @throws whatever the database says if it cannot be reached
 */
export const openCarts = (url: string, onError: (error: Error) => void): Promise<OpenCarts> =>
  /^mongodb(\+srv)?:/.test(url) ? openMongo(url) : openPostgresCarts(url, onError);

async function openPostgresCarts(url: string, onError: (error: Error) => void): Promise<OpenCarts> {
  await migrate(url, [cartMigrations]);
  const db = openPostgres(url, onError);
  return { store: postgresCarts(db), ping: db.ping, close: db.close };
}

async function openMongo(url: string): Promise<OpenCarts> {
  const client = new MongoClient(url, {
    // Acknowledged means: in the journal of a majority, so that neither a crash nor a new primary takes it back.
    writeConcern: { w: 'majority', journal: true },
    // As many connections and as much patience as our PostgreSQL pools have: nothing but the database may differ.
    maxPoolSize: 10,
    serverSelectionTimeoutMS: 5000,
    connectTimeoutMS: 5000,
    socketTimeoutMS: 10_000,
  });
  try {
    await client.connect();
  } catch (error) {
    await client.close();
    throw error;
  }
  const database = client.db();
  return {
    store: mongoCarts(database.collection<CartDocument>('carts')),
    async ping() {
      await database.command({ ping: 1 });
    },
    close: () => client.close(),
  };
}
