import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { throwawayDatabase } from '@twinstore/testing';
import { MongoClient } from 'mongodb';
import { openCarts, type OpenCarts } from '../src/index.ts';

/** Carts in a database that is a test file's own; closing deletes it. */
export type ThrowawayCarts = OpenCarts & { readonly url: string };

export interface TestDatabase {
  readonly name: string;
  readonly open: () => Promise<ThrowawayCarts>;
  /** Statements of the first change of a cart's life. */
  readonly firstChange: number;
  /** `describe`, or its skipping twin with the reason in the title: what cannot run is skipped, never passed. */
  readonly describe: (title: string, tests: () => void) => void;
}

const adminUrl = process.env['TEST_POSTGRES_URL'];
const mongoUrl = process.env['TEST_MONGODB_URL'];

// Only of idle connections: one that is still closing when its database is dropped is cut, and nothing is lost by it.
const ignore = () => {};

/** Every database that carts can be in. */
export const databases: readonly TestDatabase[] = [
  {
    name: 'PostgreSQL',
    open: openThrowawayPostgres,
    firstChange: 1,
    describe: runnable(adminUrl, 'TEST_POSTGRES_URL'),
  },
  {
    name: 'MongoDB',
    open: openThrowawayMongo,
    firstChange: 2,
    describe: runnable(mongoUrl, 'TEST_MONGODB_URL'),
  },
];

function runnable(url: string | undefined, variable: string): TestDatabase['describe'] {
  return (title, tests) =>
    url === undefined ? describe.skip(`${title} (skipped: ${variable} is not set)`, tests) : describe(title, tests);
}

async function openThrowawayPostgres(): Promise<ThrowawayCarts> {
  const database = await throwawayDatabase([]);
  const carts = await openCarts(database.url, ignore);
  return {
    ...carts,
    url: database.url,
    async close() {
      await carts.close();
      await database.close();
    },
  };
}

async function openThrowawayMongo(): Promise<ThrowawayCarts> {
  const url = withDatabase(mongoUrl as string, throwawayName());
  const carts = await openCarts(url, ignore);
  return {
    ...carts,
    url,
    async close() {
      await carts.close();
      await dropMongo(url);
    },
  };
}

async function dropMongo(url: string): Promise<void> {
  const client = new MongoClient(url);
  await client.db().dropDatabase();
  await client.close();
}

const throwawayName = () => `cart_test_${process.pid}_${randomBytes(4).toString('hex')}`;

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  // Who has an account in `admin` goes on logging in there, whichever database is in the path.
  if (url.protocol === 'mongodb:' && url.username && !url.searchParams.has('authSource')) {
    url.searchParams.set('authSource', url.pathname.slice(1) || 'admin');
  }
  url.pathname = `/${name}`;
  return url.href;
}
