import type { RequestKind } from '../load/journeys.ts';
import type { Fixed, Plan } from './plan.ts';

const only = (kind: RequestKind, rate: number): Fixed => ({ kind: 'fixed', name: kind, only: kind, rate, seconds: 6 });

/** Where the milliseconds and the CPU time go, one kind of request after the other. */
export const hops: Plan = {
  name: 'hops',
  title: 'Where the time goes, hop by hop',
  question: 'What does one request of each kind cost every process that it goes through?',
  claims: ['C13', 'C18', 'C20', 'C21'],
  contenders: ['monolith', 'orchestrated', 'direct'],
  stages: [
    {
      name: 'hops',
      blocks: 4,
      phases: () => [
        { kind: 'warm-up', rate: 12, seconds: 4 },
        only('product', 100),
        only('list', 50),
        only('cart', 4),
        only('put-item', 40),
        only('order-confirmed', 10),
      ],
    },
  ],
};
