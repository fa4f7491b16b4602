import type { Results } from '../run/model.ts';
import { contendersOf } from '../analysis/played.ts';

/** How a contender or a process is drawn, the same in every chart of a report. */
export interface Look {
  /** Name of a CSS variable, which has one value for light and one for dark. */
  readonly color: string;
  /** Lengths of strokes and gaps in px; empty: a solid line. A second cue, for whom colors tell little. */
  readonly dash: readonly number[];
}

/** So many colors of each kind stand in browser/theme.css. */
const COLORS = { '--c': 8, '--p': 10 };

const dashes: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 3],
  [14, 4],
  [1, 4],
  [6, 2, 2, 2, 2, 2],
];

/** By contender, in the order of the run. */
export const contenderLooks = (results: Results): ReadonlyMap<string, Look> => looks(contendersOf(results), '--c');

/** By role of process: who answers first, then services, then servers. */
export const processLooks = (processes: Iterable<string>): ReadonlyMap<string, Look> =>
  looks(
    [...new Set([...processes].map(roleOf))].sort((a, b) => rank(a) - rank(b)),
    '--p',
  );

/** The gateways of different contenders differ in wiring, and are never in one contender together: one color, one row. */
export const roleOf = (process: string): string => (process.startsWith('gateway-') ? 'gateway' : process);

/** Numbers of processes as numbers of roles. */
export function byRole(processes: Readonly<Record<string, number>>): Record<string, number> {
  const roles: Record<string, number> = {};
  for (const [process, value] of Object.entries(processes))
    roles[roleOf(process)] = (roles[roleOf(process)] ?? 0) + value;
  return roles;
}

/** Whether shoppers' requests come to it first. */
export const isDoor = (process: string): boolean => rank(process) < 2;

const ranks = [/^monolith/, /^gateway/, /-service/, /./];
const rank = (role: string) => ranks.findIndex((pattern) => pattern.test(role));

const looks = (names: readonly string[], prefix: keyof typeof COLORS): ReadonlyMap<string, Look> =>
  new Map(
    names.map((name, index) => [
      name,
      { color: `${prefix}${(index % COLORS[prefix]) + 1}`, dash: dashes[index % dashes.length]! },
    ]),
  );
