import type { Plan } from './plan.ts';

/** Of the least capacity, at most: every contender can keep up with `busy`, which is half as much again. */
const MODERATE = 0.6;
const SMALLEST_RATE = 2;

/** A power of two: what an order costs depends on the rate, and two runs of one commit, whose searches hardly ever end at
 *  the very same capacity, are to be compared at the same. */
const moderateRate = (capacity: number | undefined) =>
  capacity ? Math.max(SMALLEST_RATE, 2 ** Math.floor(Math.log2(MODERATE * capacity))) : SMALLEST_RATE;

/** The headline: how much each contender serves at the objective, and what it takes below that. */
export const compare: Plan = {
  name: 'compare',
  title: 'What the split costs, and what it buys',
  question:
    'How many shoppers does each architecture serve on the same cores before one request in a hundred takes over 250 ms, and what do latency, CPU time and memory come to below that?',
  claims: ['C1', 'C2', 'C3', 'C14', 'C20', 'C21', 'C22'],
  contenders: ['monolith', 'monolith-x2', 'orchestrated', 'direct', 'choreographed'],
  stages: [
    {
      name: 'capacity',
      blocks: 4,
      phases: () => [
        { kind: 'warm-up', rate: 12, seconds: 5 },
        { kind: 'climb', from: 32, factor: 2, halvings: 2, seconds: 5, mostSteps: 8 },
      ],
    },
    {
      name: 'rates',
      blocks: 5,
      phases: ({ leastCapacity }) => {
        const moderate = moderateRate(leastCapacity);
        const busy = 1.5 * moderate;
        return [
          { kind: 'warm-up', rate: busy, seconds: 12 },
          { kind: 'fixed', name: 'moderate', rate: moderate, seconds: 10 },
          { kind: 'fixed', name: 'busy', rate: busy, seconds: 10 },
        ];
      },
    },
  ],
};
