import type { Meter, Resources } from './resources.ts';

/** What a process says of itself. */
interface SelfReport {
  readonly startedAt: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

type Reading = Readonly<Record<string, SelfReport | undefined>>;

/** Reads CPU time and memory from each process's own `/metrics`, where the processes themselves are out of reach. What
 *  tells nothing of the kind, such as a database, is not in it.
 *  @param inside  addresses of the contender's processes; none: no result
 *  @param outside  of those that serve it from outside */
export function metricsMeter(inside: readonly string[], outside: readonly string[]): Meter {
  const readings: Promise<Reading>[] = [];
  const own: NodeJS.CpuUsage[] = [];
  let atTheEnd: Reading = {};
  return {
    onWindow() {
      own.push(process.cpuUsage());
      readings.push(readAll([...inside, ...outside]));
    },
    async readMemory() {
      atTheEnd = await readAll(inside);
    },
    async result(): Promise<Resources | undefined> {
      const [before, after] = await Promise.all(readings);
      if (!before || !after || inside.length === 0) return undefined;
      const spent = (origin: string) => {
        const [then, now] = [before[origin], after[origin]];
        return then && now && then.startedAt === now.startedAt ? now.cpuMs - then.cpuMs : undefined;
      };
      const cpuMs = Object.fromEntries(inside.map((origin) => [origin, spent(origin)]));
      // Half a sum would look like a saving.
      if (!isWhole(cpuMs) || inside.some((origin) => !atTheEnd[origin])) return undefined;
      const memory = Object.fromEntries(
        inside.map((origin) => [origin, { rss: atTheEnd[origin]!.memoryBytes, pss: undefined }]),
      );
      return {
        cpuMs,
        contenderCpuMs: sum(Object.values(cpuMs)),
        outsideCpuMs: sum(outside.map((origin) => spent(origin) ?? 0)),
        generatorCpuMs: (own[1]!.user + own[1]!.system - own[0]!.user - own[0]!.system) / 1000,
        disturbanceMs: 0,
        memory,
        memoryBytes: sum(Object.values(memory).map(({ rss }) => rss)),
      };
    },
  };
}

const isWhole = (numbers: Record<string, number | undefined>): numbers is Record<string, number> =>
  Object.values(numbers).every((number) => number !== undefined);

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

async function readAll(origins: readonly string[]): Promise<Reading> {
  return Object.fromEntries(await Promise.all(origins.map(async (origin) => [origin, await read(origin)] as const)));
}

/** Undefined where it does not answer in time, or not with what is asked for. */
async function read(origin: string): Promise<SelfReport | undefined> {
  try {
    const answer = await fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(2000) });
    return parseSelfReport(await answer.text());
  } catch {
    return undefined; // the trial then has no resources, and the report says so
  }
}

/** From the Prometheus text format; undefined when one of the three values is missing. */
export function parseSelfReport(text: string): SelfReport | undefined {
  const value = (name: string) => {
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1];
    return found === undefined ? NaN : Number(found);
  };
  const startedAt = value('process_start_time_seconds');
  const cpuMs = value('process_cpu_seconds_total') * 1000;
  const memoryBytes = value('process_resident_memory_bytes');
  return [startedAt, cpuMs, memoryBytes].some(Number.isNaN) ? undefined : { startedAt, cpuMs, memoryBytes };
}
