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

  it('knows the doors of a demo by name', () => {
    const doors = (text: string) => parseConfig('app', frontDoorSettings, { PORT: '1', STORE_DOORS: text });
    expect(doors('')).toMatchObject({ STORE_DOORS: [] });
    expect(doors(' monolith=http://localhost:8080/  direct=https://shop.example ')).toMatchObject({
      STORE_DOORS: [
        { name: 'monolith', url: 'http://localhost:8080' },
        { name: 'direct', url: 'https://shop.example' },
      ],
    });
    for (const wrong of ['http://localhost', 'a=b', '=http://localhost', 'a=javascript:alert(1)', 'a=http://b c']) {
      expect(doors(wrong)).toBe(
        'app cannot start, 1 setting is wrong:\n' +
          `  STORE_DOORS  must be pairs NAME=URL of http addresses, with blanks between them, got ${JSON.stringify(wrong)}\n`,
      );
    }
  });

  it('refuses switches without their token, and a token for none', () => {
    const [SWITCHES_URL, SWITCHES_TOKEN] = ['http://127.0.0.1:9', 'a token of sixteen'];
    const both = { PORT: '1', SWITCHES_URL, SWITCHES_TOKEN };
    expect(parseConfig('app', frontDoorSettings, both)).toMatchObject({ SWITCHES_URL, SWITCHES_TOKEN });
    expect(parseConfig('app', frontDoorSettings, { PORT: '1', SWITCHES_URL })).toBe(
      'app cannot start, 1 setting is wrong:\n' +
        '  SWITCHES_TOKEN  is missing: SWITCHES_URL and SWITCHES_TOKEN go together\n',
    );
    expect(parseConfig('app', frontDoorSettings, { PORT: '1', SWITCHES_TOKEN })).toContain('SWITCHES_URL  is missing');
    // Whoever has no use for them does not look at them.
    expect(parseConfig('app', shape, { ...good, SWITCHES_URL })).toMatchObject({ PORT: 8080 });
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
