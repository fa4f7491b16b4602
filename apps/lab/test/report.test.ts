import { describe, expect, it } from '@jest/globals';
import { checkoutTimes } from '../src/analysis/checkout-times.ts';
import { latencies } from '../src/load/histogram.ts';
import { requestKinds } from '../src/load/journeys.ts';
import type { Measured } from '../src/load/measures.ts';
import { report, trialLine } from '../src/report/report.ts';
import type { Resources } from '../src/machine/resources.ts';
import { method, type Results } from '../src/run/results.ts';
import type { Trial } from '../src/run/trial.ts';
import { judge } from '../src/run/verdict.ts';

const summary = (ms: number) => {
  const recorded = latencies();
  for (let n = 0; n < 100; n += 1) recorded.record(ms);
  return recorded.summary();
};

function measuredOf(ms: number, changes: Partial<Measured> = {}): Measured {
  return {
    byKind: Object.fromEntries(requestKinds.map((kind) => [kind, summary(ms)])) as Measured['byKind'],
    overall: summary(ms),
    fromSent: summary(ms),
    acceptedWithOutcome: 0,
    notConfirmedInTime: 0,
    looksAgain: 0,
    lateness: summary(1),
    planned: 800,
    answered: 800,
    failed: 0,
    unfinished: 0,
    notApplicable: 0,
    errors: {},
    window: { ms: 10_000, answers: 800, orders: { paid: 50 } },
    peakSessions: 20,
    connections: 32,
    ...changes,
  };
}

const resourcesOf = (cpuMs: number): Resources => ({
  cpuMs: { app: cpuMs },
  contenderCpuMs: cpuMs,
  outsideCpuMs: 100,
  generatorCpuMs: 500,
  disturbanceMs: 0,
  memory: {},
  memoryBytes: 2e8,
});

const trialOf = (contender: Trial['contender'], block: number, cpuMs: number, changes: Partial<Trial> = {}): Trial => ({
  contender,
  block,
  number: block,
  status: 'ok',
  reason: '',
  startedAt: '2026-11-22T00:00:00.000Z',
  startMs: 3000,
  postgres: 'PostgreSQL',
  broker: undefined,
  planDigest: `block ${block}`,
  measured: measuredOf(10),
  resources: resourcesOf(cpuMs),
  audit: { violations: [], customers: 50, products: 90, settledAfterMs: 100 },
  ...changes,
});

const resultsOf = (trials: readonly Trial[], partial = false): Results => ({
  kind: 'twinstore-compare',
  version: 2,
  startedAt: '2026-11-22T00:00:00.000Z',
  partial,
  plannedTrials: 10,
  settings: {
    rate: 10,
    warmUpMs: 1000,
    windowMs: 10_000,
    blocks: 5,
    contenders: ['monolith', 'direct'],
    stores: [],
    seed: 'report',
    out: undefined,
    carts: 'postgres',
    smoke: false,
  },
  manifest: { cpu: 'a CPU', cores: 2, memoryBytes: 1, system: 's', node: 'v24', commit: undefined, libraries: {} },
  leftOut: [],
  cores: { generator: [0], contender: [1], pinned: true, sentence: 'Cores are shared like this.' },
  method,
  trials,
  checkouts: checkoutTimes(['monolith', 'direct'], trials, 'report'),
});

const blocks = (monolith: readonly number[], direct: readonly number[]) => [
  ...monolith.map((cpuMs, index) => trialOf('monolith', index + 1, cpuMs)),
  ...direct.map((cpuMs, index) => trialOf('direct', index + 1, cpuMs)),
];

describe('the report', () => {
  it('names a difference with its interval', () => {
    const text = report(resultsOf(blocks([1000, 1010, 990, 1005, 1000], [2000, 2020, 1980, 2010, 2100])));
    expect(text).toMatch(/direct against monolith: CPU time per successful order x2\.00 \[2\.00, 2\.10\]/);
  });

  it('names none where the interval reaches from less to more', () => {
    const text = report(resultsOf(blocks([1000, 1010, 990, 1005, 1000], [1100, 900, 1050, 950, 1000])));
    expect(text).toMatch(
      /CPU time per successful order x\d\.\d\d \[0\.\d+, 1\.\d+\], no difference that this run could show/,
    );
  });

  it('concludes nothing from few blocks', () => {
    const text = report(resultsOf(blocks([1000], [2000])));
    expect(text).toContain('CPU time per successful order x2.00 (1 block)');
    expect(text).toContain('nothing follows from ratios of fewer than 4 blocks');
  });

  it('keeps what is overloaded, invalid or failed out of the medians, and says so', () => {
    const trials = blocks([1000, 1000, 1000, 1000], [2000, 2000, 2000, 2000]);
    trials.push(trialOf('direct', 5, 9000, { number: 10, status: 'overloaded', reason: 'a queue grew' }));
    const text = report(resultsOf(trials));
    expect(text).toMatch(/direct +4\/5 .* 40\.0 \(40\.0 to 40\.0\)/);
    expect(text).toContain('Not counted: trial 10, direct, overloaded: a queue grew.');
  });

  it('says who was left out, and why', () => {
    const leftOut = [{ contender: 'choreographed', why: 'there is no rabbitmq-server on the PATH' }];
    expect(report({ ...resultsOf(blocks([1000], [2000])), leftOut })).toContain(
      'choreographed was left out: there is no rabbitmq-server on the PATH.',
    );
  });

  it('shows violations', () => {
    const audit = { violations: ['order 1 was charged 2 times'], customers: 1, products: 1, settledAfterMs: 15_000 };
    const trial = trialOf('direct', 1, 2000, { status: 'failed', reason: 'the audit found one', audit });
    expect(report(resultsOf([trial]))).toContain('VIOLATION in trial 1: order 1 was charged 2 times.');
    expect(trialLine(trial)).toContain('1 VIOLATIONS');
  });

  it('says that it is partial, and that contenders were asked different things', () => {
    const trials = blocks([1000], [2000]).map((trial, index) => ({ ...trial, planDigest: String(index) }));
    const text = report(resultsOf(trials, true));
    expect(text).toContain('PARTIAL: 2 of 10 trials');
    expect(text).toContain('The contenders of block 1 were NOT asked the same');
  });

  it('gives both times of a checkout with their intervals, apart from each other', () => {
    const times = (accepted: number, confirmed: number): Partial<Measured> => ({
      byKind: {
        ...measuredOf(10).byKind,
        'order-accepted': summary(accepted),
        'order-confirmed': summary(confirmed),
      },
    });
    const trials = [4, 5, 6, 5].map((accepted, index) =>
      trialOf('direct', index + 1, 1000, { measured: measuredOf(10, times(accepted, accepted * 10)) }),
    );
    const results = resultsOf(trials);
    expect(report(results)).toMatch(/direct +5\.0 \[4\.\d, 6\.\d\] +\S+ \[.*\] +50\.0 \[4\d\.\d, 60\.\d\]/);
    const { timeToAccepted, timeToConfirmed } = results.checkouts[1]!;
    expect(timeToAccepted!.p50.high).toBeLessThan(timeToConfirmed!.p50.low);
  });

  it('counts the checkouts that were not confirmed in time, and says that they are in no time', () => {
    const measured = measuredOf(10, { notConfirmedInTime: 7 });
    const text = report(resultsOf([trialOf('direct', 1, 1000, { measured })]));
    expect(text).toMatch(/^ {2}direct .* 7 of 107$/m);
    expect(text).toContain('direct left 7 checkouts unconfirmed');
  });

  it('sets events against calls where both are compared', () => {
    const contenders = ['monolith', 'orchestrated', 'choreographed'];
    const trials = contenders.map((contender, index) => trialOf(contender, 1, 1000 + index * 1000));
    const results = resultsOf(trials);
    const text = report({ ...results, settings: { ...results.settings, contenders } });
    expect(text).toContain('choreographed against orchestrated: CPU time per successful order x1.50 (1 block)');
  });
});

describe('the verdict on a trial', () => {
  it.each([
    ['ok', {}, 500],
    ['invalid', { lateness: summary(80) }, 500],
    ['invalid', {}, 9_500],
    ['overloaded', { failed: 20, answered: 780 }, 500],
    ['overloaded', { unfinished: 20, answered: 780 }, 500],
    ['overloaded', { window: { ms: 10_000, answers: 700, orders: {} } }, 500],
  ] as const)('is %s for %j', (status, changes, generatorCpuMs) => {
    const verdict = judge(measuredOf(10, changes), { ...resourcesOf(1000), generatorCpuMs });
    expect(verdict.status).toBe(status);
    expect(verdict.reason === '').toBe(status === 'ok');
  });
});
