import type { HandlerTimes } from '../machine/handler-times.ts';
import type { PhaseResult } from '../run/model.ts';
import { sum } from './numbers.ts';
import { isDoor } from './palette.ts';

/** What one process had to do with the requests that came to the front door. Where sessions were for one kind of request,
 *  everything is for each of that kind, with what had to come before it. */
export interface HopCost {
  readonly process: string;
  /** Requests that it got for each at the door; undefined: it does not tell, such as a database. */
  readonly perRequest: number | undefined;
  /** How long one stayed in it, calls to others included, in ms. */
  readonly meanMs: number | undefined;
  /** CPU time for each request at the door, in ms; undefined where it cannot be had. */
  readonly cpuMs: number | undefined;
  readonly routes: readonly { readonly route: string; readonly perRequest: number; readonly meanMs: number }[];
}

/** Over all phases together. None for phases in which nothing was answered. Processes tell of a somewhat longer stretch of
 *  time than the window, so their requests are set against those that the front door tells of; CPU time is of the window,
 *  and is set against the answers in it.
 *  @param phases  of one contender at one rate */
export function hopCosts(phases: readonly PhaseResult[]): HopCost[] {
  const share = wantedShare(phases);
  const answers = sum(phases.map(({ measured }) => measured.window.answers)) * share;
  if (answers === 0) return [];
  const atDoor = sum(phases.map(({ handlerTimes }) => requestsOf(handlerTimes[doorOf(handlerTimes)]))) * share;
  const names = new Set(
    phases.flatMap(({ handlerTimes, resources }) => [
      ...Object.keys(handlerTimes),
      ...Object.keys(resources?.cpuMs ?? {}),
    ]),
  );
  return [...names].map((process) => {
    const told = phases.flatMap(({ handlerTimes }) => Object.entries(handlerTimes[process] ?? {}));
    const routes = [...Map.groupBy(told, ([route]) => route)].map(([route, times]) => {
      const [requests, totalMs] = [
        sum(times.map(([, each]) => each.requests)),
        sum(times.map(([, each]) => each.totalMs)),
      ];
      return { route, requests, totalMs };
    });
    const called = routes.filter(({ requests }) => requests > 0);
    const requests = sum(called.map((each) => each.requests));
    const cpu = phases.flatMap(({ resources }) => resources?.cpuMs[process] ?? []);
    return {
      process,
      perRequest: told.length === 0 || atDoor === 0 ? undefined : requests / atDoor,
      meanMs: requests === 0 ? undefined : sum(called.map(({ totalMs }) => totalMs)) / requests,
      cpuMs: cpu.length === 0 ? undefined : sum(cpu) / answers,
      routes: called
        .map(({ route, requests, totalMs }) => ({ route, perRequest: requests / atDoor, meanMs: totalMs / requests }))
        .sort((a, b) => b.perRequest - a.perRequest),
    };
  });
}

/** Of the requests, how many were of the kind that the sessions were for; 1 for journeys. */
function wantedShare(phases: readonly PhaseResult[]): number {
  const [planned, wanted] = phases.reduce(
    ([all, some], { only, measured: { byKind } }) => {
      const count = sum(Object.values(byKind).map((each) => each.count));
      return [all + count, some + (only ? byKind[only].count : count)] as const;
    },
    [0, 0] as readonly [number, number],
  );
  return planned === 0 ? 0 : wanted / planned;
}

/** A front door of ours by its name, else the process that is named first. */
const doorOf = (times: HandlerTimes): string => {
  const names = Object.keys(times);
  return names.find((name) => isDoor(name)) ?? names[0] ?? '';
};

const requestsOf = (routes: HandlerTimes[string] | undefined): number =>
  sum(Object.values(routes ?? {}).map(({ requests }) => requests));
