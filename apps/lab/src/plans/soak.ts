import type { Plan } from './plan.ts';

/** One rate for long: does anything grow? */
export const soak: Plan = {
  name: 'soak',
  title: 'The same load for a long time',
  question: 'Does memory grow while the same load goes on and on?',
  claims: ['C3'],
  contenders: ['monolith', 'orchestrated', 'choreographed'],
  stages: [
    {
      name: 'soak',
      blocks: 1,
      phases: () => [
        { kind: 'warm-up', rate: 10, seconds: 10 },
        { kind: 'fixed', name: 'steady', rate: 10, seconds: 600, sampleEverySeconds: 10 },
      ],
    },
  ],
};
