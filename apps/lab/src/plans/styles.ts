import type { Fixed, Plan } from './plan.ts';

const RATE = 8;

/** A rate that every style can keep up with as long as the provider lets it. */
const at = (name: string, provider?: Fixed['provider']): Fixed => ({
  kind: 'fixed',
  name,
  rate: RATE,
  seconds: 10,
  ...(provider && { provider }),
});

/** The four ways to check out, and what becomes of them when the payment provider is fast, slow or failing. */
export const styles: Plan = {
  name: 'styles',
  title: 'Four ways to check out',
  question:
    'How long do shoppers wait for a promise and for an outcome in each checkout style, and what does a slow or failing payment provider do to that?',
  claims: ['C20', 'C21', 'C22'],
  contenders: ['monolith', 'direct', 'orchestrated', 'choreographed'],
  stages: [
    {
      name: 'styles',
      blocks: 4,
      phases: () => [
        // Long, since the providers come in the same order each time, and the first must not be the cold one.
        { kind: 'warm-up', rate: RATE, seconds: 15 },
        at('fast provider'),
        at('slow provider', { latencyMs: { p50: 400, p99: 1500 } }),
        at('failing provider', { latencyMs: { p50: 50, p99: 200 }, lostAnswerRate: 0.1, declineRate: 0.05 }),
      ],
    },
  ],
};
