import type { RequestKind } from '../load/journeys.ts';
import type { Fixed, Plan } from './plan.ts';

/** CPU time is told in ticks of 10 ms: in shorter windows, those of a small process would be few. */
const SECONDS = 15;

const only = (kind: RequestKind, rate: number, name: string = kind): Fixed => ({
  kind: 'fixed',
  name,
  only: kind,
  rate,
  seconds: SECONDS,
});

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
        only('order-confirmed', 10, 'put-item, then order-confirmed'),
      ],
    },
  ],
};
