import { describe, expect, it } from '@jest/globals';
import { findMongo, mongoDatabase } from '../src/mongo.ts';

const given = process.env.TEST_MONGODB_URL;
const whenGiven = given === undefined ? it.skip : it;

describe('MONGODB_URL', () => {
  it('that nobody answers at is named, its password is not', async () => {
    await expect(findMongo({ url: 'mongodb://me:hush@127.0.0.1:1' })).rejects.toThrow(
      /^MONGODB_URL \(mongodb:\/\/me:\*\*\*@127\.0\.0\.1:1\) does not let us in/,
    );
  });

  whenGiven('that answers is taken as it is', async () => {
    expect(await findMongo({ url: given })).toMatchObject({ url: given, origin: 'MongoDB from MONGODB_URL' });
  });

  it.each([
    ['mongodb://db:27017', 'mongodb://db:27017/carts'],
    ['mongodb://db:27017/other?replicaSet=rs0', 'mongodb://db:27017/carts?replicaSet=rs0'],
    ['mongodb://me:hush@db/', 'mongodb://me:hush@db/carts?authSource=admin'],
    ['mongodb://me:hush@db/users', 'mongodb://me:hush@db/carts?authSource=users'],
    ['mongodb://a:1,b:2/?replicaSet=rs0', 'mongodb://a:1,b:2/carts?replicaSet=rs0'],
  ])('%s leads to its database %s', (server, database) => {
    expect(mongoDatabase(server, 'carts')).toBe(database);
  });
});
