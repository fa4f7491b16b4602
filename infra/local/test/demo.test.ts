import { describe, expect, it } from '@jest/globals';
import { demoOf } from '../src/demo.ts';
import { readSettings } from '../src/settings.ts';

const switches = { port: 12_345, token: 'a token of sixteen' };
const given = { SWITCHES_URL: 'http://127.0.0.1:12345', SWITCHES_TOKEN: 'a token of sixteen' };

describe('what npm start tells the stores of the demo', () => {
  it('is all of it, by default', () => {
    expect(demoOf(readSettings({}), undefined, switches)).toEqual({
      env: { XRAY: 'on' },
      doorEnv: { LAB_URL: 'http://localhost:8090', ...given },
      envOf: {},
      notes: [],
    });
  });

  it('leaves X-ray out where it is not wanted', () => {
    const demo = demoOf(readSettings({ XRAY: 'off', MONOLITH_WORKERS: '2' }), undefined, switches);
    expect(demo).toMatchObject({ env: { XRAY: 'off' }, envOf: {}, notes: [] });
    expect(() => readSettings({ XRAY: 'yes' })).toThrow('XRAY must be on or off, got "yes".');
  });

  it('leaves it out of a monolith of several workers, and says so', () => {
    expect(demoOf(readSettings({ MONOLITH_WORKERS: '2' }), undefined, switches)).toMatchObject({
      env: { XRAY: 'on' },
      envOf: { monolith: { XRAY: 'off' } },
      notes: ['X-ray leaves the monolith out: each of its 2 workers would know only a part of a request.'],
    });
    expect(demoOf(readSettings({ MONOLITH_WORKERS: '1' }), undefined, switches).envOf).toEqual({});
  });

  it('has switches only where nobody else reaches the doors, and says so', () => {
    for (const address of ['127.0.0.1', '127.0.1.1', '::1', 'localhost']) {
      expect(demoOf(readSettings({}), address, switches)).toMatchObject({ doorEnv: given, notes: [] });
    }
    for (const address of ['0.0.0.0', '::', '192.168.1.2', 'localhost.example']) {
      expect(demoOf(readSettings({}), address, switches)).toMatchObject({
        doorEnv: { LAB_URL: 'http://localhost:8090' },
        notes: [`The shop cannot stop processes: others than you reach it (BIND_ADDRESS=${address}).`],
      });
      expect(demoOf(readSettings({}), address, switches).doorEnv).not.toHaveProperty('SWITCHES_URL');
    }
  });
});
