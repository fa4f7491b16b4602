import { get } from 'node:http';
import { parseMetrics, type Sample, valueOf } from './metrics-text.ts';

/** What the processes behind one address told at one moment. */
export interface MetricsReading {
  /** Of `performance.now()`, in ms. */
  readonly at: number;
  /** By worker, `''` where there is one process only. Empty where nothing was told. */
  readonly pages: ReadonlyMap<string, readonly Sample[]>;
}

/** The `/metrics` of one process, or of the workers that share its port. */
export interface MetricsSource {
  /** Reads it now; whoever asks while it is being read shares the answer. Never throws. */
  read(): Promise<MetricsReading>;
  /** All that was read so far, oldest first. Reading makes Node's event-loop figures start afresh, so who is after a
   *  stretch of time has to know of every reading in it, also of those that others asked for. */
  readonly readings: readonly MetricsReading[];
}

/** By name of the process. */
export type MetricsSources = Readonly<Record<string, MetricsSource>>;

const PATIENCE_MS = 2_000;

/** @param origin  such as `http://127.0.0.1:8080`
 *  @param workers  how many processes take turns there. New connections go round among them, so a few more than
 *    that reach all, unless others connect meanwhile; a worker that none reaches is absent */
export function metricsSource(origin: string, workers = 1): MetricsSource {
  const readings: MetricsReading[] = [];
  let underWay: Promise<MetricsReading> | undefined;
  const read = async () => {
    const at = performance.now();
    const pages = new Map<string, readonly Sample[]>();
    for (let attempt = 0; pages.size < workers && attempt < workers * 3; attempt += 1) {
      const page = await pageOf(`${origin}/metrics`);
      if (!page) break;
      // The first of a worker is the one that tells of the time since the last reading.
      const worker = nameOf(page, workers);
      if (!pages.has(worker)) pages.set(worker, page);
    }
    const reading = { at, pages };
    readings.push(reading);
    return reading;
  };
  return {
    readings,
    read() {
      underWay ??= read().finally(() => (underWay = undefined));
      return underWay;
    },
  };
}

/** Finds out whether `/metrics` is to be had there, of which app, and from how many workers that take turns. */
export async function lookAt(
  origin: string,
): Promise<{ readonly app: string | undefined; readonly workers: number } | undefined> {
  const first = await pageOf(`${origin}/metrics`);
  if (!first) return undefined;
  const workers = new Set([labelOf(first, 'worker')]);
  for (let more = 0; more < 8 && !workers.has(undefined); more += 1) {
    const page = await pageOf(`${origin}/metrics`);
    if (page) workers.add(labelOf(page, 'worker'));
  }
  return { app: labelOf(first, 'app'), workers: workers.size };
}

/** Workers of ours carry a label; of others, the time of their start is all that tells them apart. */
const nameOf = (page: readonly Sample[], workers: number): string =>
  labelOf(page, 'worker') ?? (workers === 1 ? '' : String(valueOf(page, 'process_start_time_seconds')));

const labelOf = (page: readonly Sample[], label: string) => page.find(({ labels }) => labels[label])?.labels[label];

/** Undefined where it does not answer in time, or not with metrics. */
function pageOf(url: string): Promise<readonly Sample[] | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    // Without an agent: each connection is a new one, and reaches the next worker.
    const request = get(url, { agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, async (response) => {
      try {
        const chunks = await response.setEncoding('utf8').toArray();
        const samples = response.statusCode === 200 ? parseMetrics(chunks.join('')) : [];
        resolve(samples.length > 0 ? samples : undefined);
      } catch {
        nothing(); // it ended in the middle; that process is then absent
      }
    });
    request.on('error', nothing);
  });
}
