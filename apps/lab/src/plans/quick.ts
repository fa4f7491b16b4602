import type { Plan } from './plan.ts';

/** A first look, for somebody who has a few minutes. */
export const quick: Plan = {
  name: 'quick',
  title: 'A first look',
  question: 'Roughly, what do the same shoppers cost in one process and in several, and where does each give up?',
  claims: ['C1', 'C14', 'C21'],
  isQuick: true,
  contenders: ['monolith', 'monolith-x2', 'orchestrated'],
  stages: [
    {
      name: 'first look',
      blocks: 2,
      phases: () => [
        { kind: 'warm-up', rate: 8, seconds: 2 },
        { kind: 'fixed', name: 'light', rate: 8, seconds: 5 },
        { kind: 'climb', from: 20, factor: 2, halvings: 0, seconds: 2, mostSteps: 2, tries: 1 },
      ],
    },
  ],
};
