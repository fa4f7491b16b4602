import { describe, expect, it } from '@jest/globals';
import { sampleLatency } from '../src/latency.ts';

/** Latencies from evenly spread chances, in ascending order. */
function latencies(p50: number, p99: number): number[] {
  const steps = 200;
  const grid = Array.from({ length: steps * steps }, (_, index) => {
    const [u, v] = [(Math.floor(index / steps) + 0.5) / steps, ((index % steps) + 0.5) / steps];
    return sampleLatency({ p50, p99 }, u, v);
  });
  return grid.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;

describe('the latency of the provider', () => {
  it('has the two quantiles that were asked for', () => {
    const sorted = latencies(40, 250);
    expect(quantile(sorted, 0.5) / 40).toBeCloseTo(1, 1);
    expect(quantile(sorted, 0.99) / 250).toBeCloseTo(1, 1);
  });

  it('is always the same where both are the same', () => {
    const sorted = latencies(100, 100);
    expect([sorted[0], sorted.at(-1)]).toEqual([100, 100]);
  });

  it('is nothing at all by default', () => {
    expect(latencies(0, 0).at(-1)).toBe(0);
  });

  it('can be nothing for most and long for a few', () => {
    const sorted = latencies(0, 500);
    expect(quantile(sorted, 0.5)).toBeLessThan(1);
    expect(quantile(sorted, 0.99) / 500).toBeCloseTo(1, 0);
  });

  it('never exceeds 30 s', () => {
    expect(latencies(1000, 30_000).at(-1)).toBe(30_000);
  });
});
