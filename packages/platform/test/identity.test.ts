import { describe, expect, it, jest } from '@jest/globals';
import { isId } from '@twinstore/kernel';
import { newId } from '../src/ids.ts';
import { serviceTokens } from '../src/service-token.ts';
import { cookieSessions } from '../src/session.ts';

const secret = 'a secret of at least sixteen characters';

describe('new ids', () => {
  it('are UUIDv7 and sort in the order in which they were made', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect(ids.every(isId)).toBe(true);
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('the session cookie', () => {
  const sessions = cookieSessions(secret);
  const shopper = newId();
  const cookie = sessions.write(shopper, false).split(';')[0] as string;

  it('is read back, also among other cookies', () => {
    expect(sessions.read(cookie)).toBe(shopper);
    expect(sessions.read(`a=1; ${cookie}; b=2`)).toBe(shopper);
  });

  it('is not readable by scripts or sent across sites, and only over https if it came that way', () => {
    expect(sessions.write(shopper, false)).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    expect(sessions.write(shopper, true)).toMatch(/; Secure$/);
    expect(sessions.write(shopper, true)).not.toContain('Domain');
  });

  it('counts as none when anything about it was changed', () => {
    for (let at = 'sid='.length; at < cookie.length; at += 1) {
      const other = cookie[at] === 'A' ? 'B' : 'A';
      expect(sessions.read(cookie.slice(0, at) + other + cookie.slice(at + 1))).toBeUndefined();
    }
    expect(sessions.read(cookieSessions('another secret, also long').write(shopper, false))).toBeUndefined();
    expect(sessions.read(undefined)).toBeUndefined();
  });
});

describe('a service token', () => {
  const caller = { shopper: newId(), admin: true };

  it('says on whose behalf a process asks', async () => {
    const tokens = serviceTokens(secret, 'gateway');
    expect(await tokens.verify(await tokens.issue(caller))).toEqual(caller);
    const nobody = { shopper: undefined, admin: false };
    expect(await tokens.verify(await tokens.issue(nobody))).toEqual(nobody);
  });

  it('is refused when it is forged, or not signed at all', async () => {
    const tokens = serviceTokens(secret, 'order-service');
    const forged = await serviceTokens('another secret, also long', 'gateway').issue(caller);
    expect(await tokens.verify(forged)).toBeUndefined();
    const [, payload] = forged.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect(await tokens.verify(unsigned)).toBeUndefined();
    expect(await tokens.verify('nonsense')).toBeUndefined();
  });

  it('is refused past its time, even by a process that knew it before', async () => {
    jest.useFakeTimers();
    try {
      const tokens = serviceTokens(secret, 'gateway');
      const token = await tokens.issue(caller);
      expect(await tokens.verify(token)).toEqual(caller);
      jest.setSystemTime(Date.now() + 121_000);
      expect(await tokens.verify(token)).toBeUndefined();
    } finally {
      jest.useRealTimers();
    }
  });
});
