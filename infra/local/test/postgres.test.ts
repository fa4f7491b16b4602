import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { dataFolder } from '../src/postgres-data.ts';
import { databaseUser } from '../src/database-user.ts';
import { findPostgres, type Postgres, type PostgresOptions } from '../src/postgres.ts';
import { outsideDir, stateDir } from '../src/paths.ts';
import { chooseBinaries } from '../src/postgres-binaries.ts';
import { removeRunFolder, runFolder } from '../src/run-folder.ts';

const folder = join(runFolder('test'), 'own-postgres');
const logFile = join(stateDir, 'logs', runFolder('test'), 'postgres.log');
const opened: Postgres[] = [];

async function open(more: PostgresOptions = {}): Promise<Postgres> {
  const postgres = await findPostgres({ folder, logFile, unsafe: true, ...more });
  opened.push(postgres);
  return postgres;
}

afterEach(() => Promise.all(opened.map((postgres) => postgres.stop())));
afterAll(() => removeRunFolder(runFolder('test')));

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];
  } finally {
    await client.end();
  }
}

describe('a private PostgreSQL', () => {
  it('keeps its data and its password over a restart', async () => {
    const first = await open();
    await ask(first.adminUrl, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await open();
    expect(new URL(second.adminUrl).password).toBe(new URL(first.adminUrl).password);
    expect(await ask(second.adminUrl, 'select answer from kept')).toBe(42);
    await second.stop();
    await expect(ask(second.adminUrl, 'select 1')).rejects.toThrow();
  });

  it('listens on this machine only and asks for a password', async () => {
    const { adminUrl } = await open();
    expect(await ask(adminUrl, `select current_setting('listen_addresses')`)).toBe('127.0.0.1');
    const wrong = new URL(adminUrl);
    wrong.password = 'guessed';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('comes back on the same port after a kill -9', async () => {
    const { adminUrl, server } = await open();
    await ask(adminUrl, 'create table survived as select 7 as answer');
    await server!.kill();
    await server!.start();
    expect(await ask(adminUrl, 'select answer from survived')).toBe(7);
  });

  it('starts although a pid file is left that names another program', async () => {
    const dataDir = dataFolder(folder, databaseUser());
    writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    const { adminUrl } = await open();
    expect(await ask(adminUrl, 'select 1')).toBe(1);
  });

  it('leaves nothing behind when its data are to be thrown away', async () => {
    const once = join(runFolder('test'), 'thrown-away');
    const { stop } = await open({ folder: once, throwaway: true });
    await stop();
    expect([stateDir, outsideDir].filter((base) => existsSync(join(base, once)))).toEqual([]);
  });

  it('tells what is wrong when a server setting is', async () => {
    await expect(open({ serverSettings: { max_connections: 'many' } })).rejects.toThrow(
      /^PostgreSQL could not start: .*max_connections/,
    );
  });
});

describe('data of another version', () => {
  const found = [{ bin: '/usr/bin', major: 15, from: 'the PATH' }];

  it('name the reset that would delete them', () => {
    expect(() => chooseBinaries(found, 18, join(stateDir, 'postgres'))).toThrow(
      'The data in .twinstore/postgres were written by PostgreSQL 18, and here is only PostgreSQL 15: ' +
        'put version 18 on the PATH, or delete the data with `npm run reset`.',
    );
  });

  it('are served by the program that wrote them, wherever it stands in the order', () => {
    const both = [...found, { bin: '/npm/bin', major: 18, from: 'npm' }];
    expect(chooseBinaries(both, 18, stateDir).bin).toBe('/npm/bin');
    expect(chooseBinaries(both, undefined, stateDir).bin).toBe('/usr/bin');
  });
});

describe('POSTGRES_URL', () => {
  it('that nobody answers at is named, its password is not', async () => {
    const refusal = findPostgres({ url: 'postgres://me:hush@127.0.0.1:1/postgres' });
    await expect(refusal).rejects.toThrow(
      /^POSTGRES_URL \(postgres:\/\/me:\*\*\*@127\.0\.0\.1:1\/postgres\) .*ECONNREFUSED/,
    );
  });

  it('whose role may not create databases says how to allow it', async () => {
    const { adminUrl, stop } = await open();
    await ask(adminUrl, `create role weak login password 'weak'`);
    await ask(adminUrl, 'grant connect on database postgres to weak');
    const url = new URL(adminUrl);
    Object.assign(url, { username: 'weak', password: 'weak' });
    await expect(findPostgres({ url: url.href })).rejects.toThrow('alter role "weak" createdb createrole');
    await stop();
  });
});

it('keeps the password to itself', async () => {
  const dataDir = dataFolder(folder, databaseUser());
  const file = join(dataDir, 'twinstore.password');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8').trim().length).toBeGreaterThan(40);
});
