import type { Plan } from './plan.ts';

/** Of the least capacity, so that every contender can keep up with both. */
const MODERATE = 0.5;
const BUSY = 0.8;
const SMALLEST_RATE = 2;

const share = (capacity: number | undefined, of: number) =>
  Math.max(SMALLEST_RATE, Number(((capacity ?? 0) * of).toPrecision(2)));

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
        { kind: 'climb', from: 16, factor: 1.5, halvings: 2, seconds: 5, mostSteps: 12 },
      ],
    },
    {
      name: 'rates',
      blocks: 6,
      phases: ({ leastCapacity }) => {
        const [moderate, busy] = [share(leastCapacity, MODERATE), share(leastCapacity, BUSY)];
        return [
          { kind: 'warm-up', rate: moderate, seconds: 5 },
          { kind: 'fixed', name: 'moderate', rate: moderate, seconds: 10 },
          { kind: 'fixed', name: 'busy', rate: busy, seconds: 10 },
        ];
      },
    },
  ],
};
