import type { MetricsReading, MetricsSource, MetricsSources } from './metrics-source.ts';
import { type Sample, valueOf } from './metrics-text.ts';
import type { Meter, Resources } from './resources.ts';

/** What a process says of itself. */
interface SelfReport {
  readonly startedAt: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

type Reports = Readonly<Record<string, SelfReport | undefined>>;

/** Reads CPU time and memory from each process's own `/metrics`, where the processes themselves are out of reach. What
 *  tells nothing of the kind, such as a database, is not in it.
 *  @param inside  the contender's processes; none: no result
 *  @param outside  those that serve it from outside */
export function metricsMeter(inside: MetricsSources, outside: MetricsSources): Meter {
  let [opened, closed]: [Edge | undefined, Edge | undefined] = [undefined, undefined];
  let atTheEnd: Reports = {};
  const edge = (): Edge => ({ reports: readAll({ ...inside, ...outside }), own: process.cpuUsage() });
  return {
    open: () => void (opened = edge()),
    close: () => void (closed = edge()),
    async readMemory() {
      // What the window's end told is still being read; this one is to come after it.
      await closed?.reports;
      atTheEnd = await readAll(inside);
    },
    async result(): Promise<Resources | undefined> {
      const names = Object.keys(inside);
      if (!opened || !closed || names.length === 0) return undefined;
      const [before, after] = await Promise.all([opened.reports, closed.reports]);
      const spent = (name: string) => {
        const [then, now] = [before[name], after[name]];
        return then && now && then.startedAt === now.startedAt ? now.cpuMs - then.cpuMs : undefined;
      };
      const cpuMs = Object.fromEntries(names.map((name) => [name, spent(name)]));
      // Half a sum would look like a saving.
      if (!isWhole(cpuMs) || names.some((name) => !atTheEnd[name])) return undefined;
      const memory = Object.fromEntries(
        names.map((name) => [name, { rss: atTheEnd[name]!.memoryBytes, pss: undefined }]),
      );
      const [began, ended] = [opened.own, closed.own];
      const generatorCpuMs = (ended.user + ended.system - began.user - began.system) / 1000;
      return {
        cpuMs,
        contenderCpuMs: sum(Object.values(cpuMs)),
        outsideCpuMs: sum(Object.keys(outside).map((name) => spent(name) ?? 0)),
        generatorCpuMs,
        generatorCoreMs: generatorCpuMs,
        disturbanceMs: 0,
        throttledMs: {},
        throttledShare: {},
        memory,
        memoryBytes: sum(Object.values(memory).map(({ rss }) => rss)),
      };
    },
    // Asking every process over HTTP is not cheap, and would be part of what is measured.
    sample: () => undefined,
  };
}

interface Edge {
  readonly reports: Promise<Reports>;
  readonly own: NodeJS.CpuUsage;
}

const isWhole = (numbers: Record<string, number | undefined>): numbers is Record<string, number> =>
  Object.values(numbers).every((number) => number !== undefined);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function readAll(sources: MetricsSources): Promise<Reports> {
  const read = async ([name, source]: [string, MetricsSource]) => [name, reportIn(await source.read())] as const;
  return Object.fromEntries(await Promise.all(Object.entries(sources).map(read)));
}

/** Undefined where it does not tell. Nor do the workers of a cluster: their parent has no `/metrics`. */
function reportIn({ pages }: MetricsReading): SelfReport | undefined {
  const page = pages.get('');
  return page && selfReport(page);
}

/** From the page of one process; undefined when one of the three values is missing. */
export function selfReport(page: readonly Sample[]): SelfReport | undefined {
  const startedAt = valueOf(page, 'process_start_time_seconds');
  const cpuSeconds = valueOf(page, 'process_cpu_seconds_total');
  const memoryBytes = valueOf(page, 'process_resident_memory_bytes');
  if (startedAt === undefined || cpuSeconds === undefined || memoryBytes === undefined) return undefined;
  return { startedAt, cpuMs: cpuSeconds * 1000, memoryBytes };
}
