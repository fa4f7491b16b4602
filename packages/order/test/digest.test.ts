import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../src/adapters/request-digest.ts';

describe('the digest of a request', () => {
  it('does not depend on the order of members', () => {
    expect(digestOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(digestOf({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it('tells any two different values apart', () => {
    const values = [
      {}, [], null, '', 0, '0', false, { a: 1 }, { a: '1' }, { a: [1] }, [{ a: 1 }], { a: 1, b: 2 }, { a: { b: 2 } },
      JSON.parse('{"__proto__": {"a": 1}}'), { entries: [] }, { entries: [['a', 1]] },
    ]; // prettier-ignore
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });
});
