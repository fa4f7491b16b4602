import { describe, expect, it } from '@jest/globals';
import { retryDelay, RETRY_FOR_MS, shouldGiveUp } from '../src/index.ts';

describe('trying again', () => {
  it('goes on for 18 seconds from the first failure, not from the order', () => {
    const first = new Date('2026-01-01T00:00:00Z');
    expect(shouldGiveUp(undefined, new Date())).toBe(false);
    expect(shouldGiveUp(first.toISOString(), new Date(first.getTime() + RETRY_FOR_MS - 1))).toBe(false);
    expect(shouldGiveUp(first.toISOString(), new Date(first.getTime() + RETRY_FOR_MS))).toBe(true);
  });

  it('waits longer each time, and never so long that the recovery time is missed', () => {
    expect([0, 1, 2, 3, 50].map(retryDelay)).toEqual([500, 1000, 2000, 3000, 3000]);
  });
});
