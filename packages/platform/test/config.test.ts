import { describe, expect, it } from '@jest/globals';
import { frontDoorSettings, messagingSettings, parseConfig, setting } from '../src/config.ts';

const shape = { POSTGRES_URL: setting.postgresUrl('order') };
const good = { PORT: '8080', POSTGRES_URL: 'postgres://order:order@localhost:5432/order' };

describe('the configuration', () => {
  it('is parsed into what the app needs', () => {
    expect(parseConfig('order-service', shape, good)).toMatchObject({ PORT: 8080, WORKERS: 1, LOG_LEVEL: 'info' });
  });

  it('names every fault in one message', () => {
    expect(parseConfig('order-service', shape, { PORT: 'http' })).toBe(
      'order-service cannot start, 2 settings are wrong:\n' +
        '  PORT          must be a whole number from 1 to 65535, got "http"\n' +
        '  POSTGRES_URL  is missing, for example postgres://order:order@localhost:5432/order\n',
    );
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['WORKERS', '0'],
    ['WORKERS', 'many'],
    ['LOG_LEVEL', 'loud'],
    ['POSTGRES_URL', 'mysql://localhost/x'],
    ['POSTGRES_URL', 'localhost'],
  ])('never falls back to a default from a bad %s: %s', (name, value) => {
    expect(parseConfig('app', shape, { ...good, [name]: value })).toContain(name);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseConfig('app', shape, { ...good, LOG_LEVEL: '' })).toMatchObject({ LOG_LEVEL: 'info' });
  });

  it('refuses the well-known local secrets in production', () => {
    const env = { ...good, NODE_ENV: 'production', SESSION_SECRET: 'a secret of my own, long enough' };
    expect(parseConfig('app', frontDoorSettings, env)).toContain('ADMIN_TOKEN');
    expect(parseConfig('app', frontDoorSettings, { ...env, ADMIN_TOKEN: 'demo-admin' })).toContain('ADMIN_TOKEN');
    expect(parseConfig('app', frontDoorSettings, { ...env, ADMIN_TOKEN: 'something else' })).toMatchObject({
      PORT: 8080,
    });
  });

  it('knows the broker by an amqp address, and does without one', () => {
    const env = { PORT: '8080' };
    expect(parseConfig('app', messagingSettings, env)).toMatchObject({ MESSAGE_NAMESPACE: 'twinstore' });
    const given = { RABBITMQ_URL: 'amqps://shop:secret@broker:5671/store', MESSAGE_NAMESPACE: 'blue.store_2' };
    expect(parseConfig('app', messagingSettings, { ...env, ...given })).toMatchObject(given);
    const wrong = { RABBITMQ_URL: 'http://broker:5672', MESSAGE_NAMESPACE: 'My Store' };
    const refusal = parseConfig('app', messagingSettings, { ...env, ...wrong });
    expect(refusal).toContain('RABBITMQ_URL       must be an amqp or amqps address, got "http://broker:5672"');
    expect(refusal).toContain(
      'MESSAGE_NAMESPACE  must be 1 to 64 of the characters a-z, 0-9, dot, underscore and hyphen',
    );
  });
});
