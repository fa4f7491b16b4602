import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** Durations of one kind. */
export interface Latencies {
  record(ms: number): void;
  summary(): LatencySummary;
}

/** All in ms. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** The whole HdrHistogram in µs, V2 compressed, base64: any tool of that family reads it. */
  readonly hdr: string;
}

/** Up to two minutes, to three digits. */
export function latencies(): Latencies {
  const histogram: Histogram = build({ highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });
  const ms = (micros: number) => micros / 1000;
  return {
    record: (duration) => histogram.recordValue(Math.min(120_000_000, Math.max(0, Math.round(duration * 1000)))),
    summary: () => ({
      count: histogram.totalCount,
      mean: histogram.totalCount === 0 ? 0 : ms(histogram.mean),
      p50: ms(histogram.getValueAtPercentile(50)),
      p95: ms(histogram.getValueAtPercentile(95)),
      p99: ms(histogram.getValueAtPercentile(99)),
      max: ms(histogram.maxValue),
      hdr: encodeIntoCompressedBase64(histogram),
    }),
  };
}
