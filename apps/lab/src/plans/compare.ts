import type { Plan } from './plan.ts';

/** Of the least capacity, at most, so that every contender can keep up. */
const BUSY = 0.8;
const SMALLEST_RATE = 2;

/** A power of two: what an order costs depends on the rate, and two runs of one commit, whose searches hardly ever end at
 *  the very same capacity, should measure at the same. */
const busyRate = (capacity = 0) => Math.max(SMALLEST_RATE, 2 ** Math.floor(Math.log2(BUSY * capacity)));

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
        const busy = busyRate(leastCapacity);
        return [
          { kind: 'warm-up', rate: busy, seconds: 12 },
          { kind: 'fixed', name: 'moderate', rate: busy / 2, seconds: 10 },
          { kind: 'fixed', name: 'busy', rate: busy, seconds: 10 },
        ];
      },
    },
  ],
};
