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

/** Durations are put down first and counted by so many: the counts of a histogram lie far apart, and to fetch them for
 *  each request, when its turn comes among a hundred other things, costs several times as much. */
const COUNTED_AT_ONCE = 1024;
const MOST_MICROS = 120_000_000;

/** Up to two minutes, to three digits. */
export function latencies(): Latencies {
  const histogram: Histogram = build({ highestTrackableValue: MOST_MICROS, numberOfSignificantValueDigits: 3 });
  const putDown = new Float64Array(COUNTED_AT_ONCE);
  let length = 0;
  const count = () => {
    for (let index = 0; index < length; index += 1) {
      histogram.recordValue(Math.min(MOST_MICROS, Math.max(0, Math.round(putDown[index]! * 1000))));
    }
    length = 0;
  };
  const ms = (micros: number) => micros / 1000;
  return {
    record(duration) {
      putDown[length++] = duration;
      if (length === COUNTED_AT_ONCE) count();
    },
    summary() {
      count();
      return {
        count: histogram.totalCount,
        mean: histogram.totalCount === 0 ? 0 : ms(histogram.mean),
        p50: ms(histogram.getValueAtPercentile(50)),
        p95: ms(histogram.getValueAtPercentile(95)),
        p99: ms(histogram.getValueAtPercentile(99)),
        max: ms(histogram.maxValue),
        hdr: encodeIntoCompressedBase64(histogram),
      };
    },
  };
}
