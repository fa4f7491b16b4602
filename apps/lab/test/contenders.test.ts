import { describe, expect, it } from '@jest/globals';
import { contenderNames, contenderOf, isContender } from '../src/stage/contenders.ts';

describe('a contender', () => {
  it.each(contenderNames)('has the name "%s"', (name) => expect(isContender(name)).toBe(true));

  it('may be a monolith with any number of workers from 2 to 16', () => {
    expect(contenderOf('monolith')).toMatchObject({ door: 'monolith', workers: 1 });
    expect(contenderOf('monolith-x2')).toMatchObject({ door: 'monolith', workers: 2 });
    expect(contenderOf('monolith-x16')).toMatchObject({ door: 'monolith', workers: 16 });
    expect(contenderOf('monolith-x3').title).toContain('3 workers');
  });

  it.each(['monolith-x1', 'monolith-x17', 'monolith-x02', 'monolith-x2.5', 'monolith-x', 'direct-x2', 'toString', ''])(
    'does not have the name "%s"',
    (name) => {
      expect(isContender(name)).toBe(false);
      expect(() => contenderOf(name)).toThrow(`"${name}"`);
    },
  );
});
