import { between, randomOf, type Random } from '../../src/load/random.ts';
import { method } from '../../src/run/method.ts';
import type { PhaseResult, Results, Trial } from '../../src/run/model.ts';
import { aPhase, characters, type Wish } from './a-phase.ts';

export const contenders = Object.keys(characters);

/** A run as it might have been: five contenders, each with a character of its own. The same wish gives the same run. */
export function aRun(wish: Wish = {}): Results {
  const { seed = 'a run', blocks = 4 } = wish;
  const random = randomOf(seed);
  let number = 0;
  const trials = ['capacity', 'rates'].flatMap((stage) =>
    Array.from({ length: blocks }, (_, index) =>
      contenders.map((contender) =>
        aTrial(random, { contender, stage, block: index + 1, number: (number += 1) }, wish),
      ),
    ).flat(),
  );
  return {
    kind: 'twinstore-lab',
    version: 4,
    plan: {
      name: 'compare',
      title: 'What the split costs, and what it buys',
      question:
        'How many shoppers does each architecture serve on the same cores before one request in a hundred is slow?',
      claims: ['C1', 'C14'],
      isQuick: false,
    },
    startedAt: '2026-11-27T16:17:00.000Z',
    endedAt: '2026-11-27T17:05:20.000Z',
    partial: false,
    plannedTrials: trials.length,
    settings: {
      contenders,
      seed,
      blocks: undefined,
      rate: undefined,
      seconds: undefined,
      warmUpSeconds: undefined,
      budget: 'shared',
      carts: 'postgres',
      stores: [],
      smoke: false,
    },
    stages: [
      {
        name: 'capacity',
        blocks,
        phases: [
          { kind: 'warm-up', rate: 12, seconds: 5 },
          { kind: 'climb', from: 16, factor: 1.5, halvings: 2, seconds: 5, mostSteps: 12 },
        ],
      },
      {
        name: 'rates',
        blocks,
        phases: [
          { kind: 'warm-up', rate: 11, seconds: 5 },
          { kind: 'fixed', name: 'moderate', rate: 11, seconds: 20 },
          { kind: 'fixed', name: 'busy', rate: 17.6, seconds: 20 },
        ],
      },
    ],
    leftOut: [],
    manifest: {
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      system: 'linux 6.1.0 x64',
      node: 'v24.21.0',
      commit: '25c38df0123456789abcdef0123456789abcdef0',
      libraries: { express: '5.3.0', pg: '8.23.1', undici: '7.30.2' },
    },
    cores: {
      generator: [0],
      contender: [1],
      pinned: true,
      budget: 'shared',
      sentence: 'The generator and the payment provider run on core 0; the contender and its servers share core 1.',
    },
    method,
    trials,
  };
}

type Spec = Pick<Trial, 'contender' | 'stage' | 'block' | 'number'>;

function aTrial(random: Random, spec: Spec, wish: Wish): Trial {
  const steps = spec.stage === 'capacity' ? climbOf(random, spec, wish) : [];
  const best = steps
    .filter(({ kept }) => kept)
    .sort((a, b) => a.rate - b.rate)
    .at(-1);
  const fixed =
    spec.stage === 'rates'
      ? (
          [
            ['moderate', 11],
            ['busy', 17.6],
          ] as const
        ).map(([name, rate]) => aPhase(random, spec.contender, 'fixed', name, rate, 20, wish))
      : [];
  return {
    ...spec,
    status: 'ok',
    reason: '',
    startedAt: '2026-11-27T16:20:00.000Z',
    yardstickMs: (15 + (spec.number % 10) / 10) * (wish.slowness ?? 1),
    startMs: between(random, 3000, 6000),
    postgres: `PostgreSQL 15 from the PATH, data in .twinstore/lab-1/trial-${spec.number}`,
    broker: spec.contender === 'choreographed' ? 'RabbitMQ 3.10' : undefined,
    phases: [aPhase(random, spec.contender, 'warm-up', 'warm-up', 12, 5, wish), ...steps, ...fixed],
    capacity: best && {
      rate: best.rate,
      missedAt: best.rate * 1.2,
      answersPerSecond: best.rate * 7.4,
      ordersPerSecond: best.rate * 0.33,
    },
    audit: { violations: [], customers: 70, products: 240, settledAfterMs: between(random, 40, 900), lookMs: 300 },
  };
}

/** Upward by 1.5 until a step misses, then twice the middle. */
function climbOf(random: Random, spec: Spec, wish: Wish): PhaseResult[] {
  const limit = characters[spec.contender]!.capacity * (0.9 + random.next() * 0.2);
  const steps: PhaseResult[] = [];
  let [kept, missed] = [0, Infinity];
  const play = (rate: number) => {
    const step = aPhase(random, spec.contender, 'step', 'step', rate, 5, wish);
    const isKept = rate <= limit;
    steps.push({ ...step, kept: isKept, reason: isKept ? '' : `p99 was ${step.measured.overall.p99.toFixed(0)} ms` });
    if (isKept) kept = rate;
    else missed = rate;
  };
  for (let rate = 16; missed === Infinity; rate *= 1.5) play(rate);
  for (let halving = 0; halving < 2; halving += 1) play(Number(Math.sqrt(Math.max(8, kept) * missed).toPrecision(3)));
  return steps;
}
