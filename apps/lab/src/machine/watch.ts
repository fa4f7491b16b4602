import { type EventLoopDelay, type EventLoops, eventLoopOf } from './event-loop.ts';
import { type HandlerTime, type HandlerTimes, handlerTimesOf, since, sumOf } from './handler-times.ts';
import type { MetricsReading, MetricsSource, MetricsSources } from './metrics-source.ts';
import type { Sample } from './metrics-text.ts';

/** What the processes told of a window. One that tells nothing is absent. */
export interface Told {
  readonly eventLoops: EventLoops;
  readonly handlerTimes: HandlerTimes;
}

export interface ProcessWatch {
  /** Before the window opens. */
  open(): Promise<void>;
  /** As the window closes, to be waited for after the load; called later, its values are of that much more time. */
  close(): Promise<Told>;
}

/** Asks processes how a window was for them: before it, and after. Never throws. A cluster's workers have an event-loop
 *  delay each (`monolith #1`, `monolith #2`); their handler times are added up. */
export function processWatch(sources: MetricsSources): ProcessWatch {
  const named = Object.entries(sources);
  let opened: readonly number[] = [];
  return {
    async open() {
      opened = await Promise.all(named.map(([, source]) => indexOfNew(source)));
    },
    async close() {
      const stretches = await Promise.all(
        named.map(async ([name, source], index) => {
          const last = await indexOfNew(source);
          return [name, source.readings.slice(opened[index] ?? last, last + 1)] as const;
        }),
      );
      return {
        eventLoops: Object.fromEntries(stretches.flatMap(([name, readings]) => loopsOf(name, readings))),
        handlerTimes: Object.fromEntries(
          stretches.flatMap(([name, readings]) => {
            const times = timesOf(readings);
            return times ? [[name, times]] : [];
          }),
        ),
      };
    },
  };
}

async function indexOfNew(source: MetricsSource): Promise<number> {
  return source.readings.indexOf(await source.read());
}

/** Each reading tells of the time since the one before: of several, the longest speaks for the window. */
function loopsOf(name: string, readings: readonly MetricsReading[]): [string, EventLoopDelay][] {
  const stretches = readings.slice(1).map((reading, index) => ({ reading, ms: reading.at - readings[index]!.at }));
  const longest = stretches.toSorted((a, b) => b.ms - a.ms)[0];
  return [...(longest?.reading.pages ?? [])].flatMap(([worker, page]) => {
    const delay = eventLoopOf(page);
    return delay ? [[worker === '' ? name : `${name} #${worker}`, delay]] : [];
  });
}

/** Undefined where a worker was not read both times: half a sum would look like a saving. */
function timesOf(readings: readonly MetricsReading[]): Readonly<Record<string, HandlerTime>> | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last || first === last || last.pages.size === 0) return undefined;
  const changes = [...last.pages].map(([worker, page]) => changeOf(first.pages.get(worker), page));
  return changes.some((change) => !change) || first.pages.size !== last.pages.size
    ? undefined
    : sumOf(changes.flatMap((change) => (change ? [change] : [])));
}

const changeOf = (before: readonly Sample[] | undefined, after: readonly Sample[]) =>
  before && since(handlerTimesOf(before), handlerTimesOf(after));
