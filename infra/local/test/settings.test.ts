import { describe, expect, it } from '@jest/globals';
import { programEnv, readSettings } from '../src/settings.ts';

describe('settings', () => {
  it('have the documented ports by default', () => {
    expect(readSettings({})).toEqual({
      MONOLITH_PORT: 8080,
      ORCHESTRATED_PORT: 8081,
      DIRECT_PORT: 8082,
      CHOREOGRAPHED_PORT: 8083,
      MESSAGE_NAMESPACE: 'twinstore',
      PROVIDER_PORT: 8070,
      LAB_PORT: 8090,
    });
  });

  it.each([
    [{ MONOLITH_PORT: 'http' }, 'MONOLITH_PORT must be a whole number from 1 to 65535, got "http".'],
    [{ DIRECT_PORT: '70000' }, 'DIRECT_PORT must be a whole number from 1 to 65535, got "70000".'],
    [{ MONOLITH_WORKERS: '0' }, 'MONOLITH_WORKERS must be a whole number from 1 to 64, got "0".'],
    [
      { POSTGRES_URL: 'mysql://me:hush@db/x' },
      'POSTGRES_URL must be a URL like postgres://postgres:secret@localhost:5432/postgres, got "mysql://me:***@db/x".',
    ],
    [{ MONGODB_URL: 'localhost' }, 'MONGODB_URL must be a URL like mongodb://localhost:27017, got "localhost".'],
    [
      { RABBITMQ_URL: 'http://me:hush@db' },
      'RABBITMQ_URL must be a URL like amqp://guest:guest@localhost:5672, got "http://me:***@db".',
    ],
    [{ LAB_PORT: '8080' }, 'MONOLITH_PORT and LAB_PORT are both 8080: give each a port of its own.'],
    [{ PROVIDER_PORT: '8081' }, 'ORCHESTRATED_PORT and PROVIDER_PORT are both 8081: give each a port of its own.'],
  ])('refuse %j in one sentence', (env, sentence) => {
    expect(() => readSettings(env)).toThrow(sentence);
  });

  it('are all refused at once, a line for each', () => {
    expect(() => readSettings({ MONOLITH_PORT: 'x', DIRECT_PORT: 'y' })).toThrow(
      /^2 settings are wrong:\n {2}MONOLITH_PORT .*\n {2}DIRECT_PORT .*$/,
    );
  });

  it('of ours are not handed on to the programs that we start', () => {
    expect(programEnv({ PATH: '/bin', POSTGRES_URL: 'postgres://admin@db/postgres' })).toEqual({ PATH: '/bin' });
  });
});
