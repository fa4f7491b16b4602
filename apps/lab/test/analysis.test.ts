import { describe, expect, it } from '@jest/globals';
import { analyze } from '../src/analysis/analyze.ts';
import { leastCapacity } from '../src/analysis/capacity.ts';
import type { PhaseResult, Results, Trial } from '../src/run/model.ts';
import { isDifference } from '../src/analysis/statistics.ts';
import { judge, missOf } from '../src/run/verdict.ts';
import { aRun, contenders } from './report/a-run.ts';

const run = aRun();
const analysis = analyze(run);
const sentences = ({ verdicts }: ReturnType<typeof analyze>) => verdicts.map(({ sentence }) => sentence).join('\n');

const escaped = (text: string) => text.replaceAll(/[()]/g, String.raw`\$&`);

/** The run with each of its trials changed; those for which nothing comes back are gone. */
const changed = (change: (trial: Trial) => Trial | undefined): Results => ({
  ...run,
  trials: run.trials.flatMap((trial) => change(trial) ?? []),
});
const withPhases = (trial: Trial, change: (phase: PhaseResult) => PhaseResult): Trial => ({
  ...trial,
  phases: trial.phases.map(change),
});

describe('the analysis of a run', () => {
  it('has the capacity of every contender, and how it relates to the monolith', () => {
    expect(analysis.capacities.map(({ contender }) => contender)).toEqual(contenders);
    const [monolith, , orchestrated] = analysis.capacities;
    expect(monolith?.ratio).toBeUndefined();
    expect(orchestrated?.ratio?.median).toBeLessThan(0.7);
    expect(orchestrated?.rate?.trials).toBe(4);
  });

  it('has each fixed rate with all contenders', () => {
    expect(analysis.rates.map(({ name, rate }) => [name, rate])).toEqual([
      ['moderate', 11],
      ['busy', 17.6],
    ]);
    for (const rate of analysis.rates) expect(rate.contenders.map(({ contender }) => contender)).toEqual(contenders);
  });

  it('names a difference with its ratio and interval', () => {
    expect(sentences(analysis)).toMatch(
      /orchestrated served [\d.]+ \[[\d.]+, [\d.]+\]: 0\.\d+ \[0\.\d+, 0\.\d+\] times what the monolith did\./,
    );
    const costs = analysis.verdicts.filter(({ topic, ratio }) => topic === 'cost' && ratio);
    expect(costs.length).toBeGreaterThan(3);
    for (const { outcome, ratio } of costs) expect(outcome === 'difference').toBe(isDifference(ratio!));
  });

  it('names no winner between a contender and its twin', () => {
    const own = run.trials.filter(({ contender }) => contender === 'monolith');
    const twin = own.map((trial) => ({ ...trial, contender: 'again' }));
    const settings = { ...run.settings, contenders: ['monolith', 'again'] };
    const results = { ...run, settings, trials: [...own, ...twin] };
    const found = analyze(results).verdicts.filter(({ ratio }) => ratio);
    expect(found.length).toBeGreaterThan(3);
    for (const { outcome, sentence } of found) {
      expect([outcome, sentence]).toEqual(['no difference', expect.stringContaining('no difference')]);
    }
  });

  it('lets nothing follow from fewer than four blocks', () => {
    const few = analyze(aRun({ blocks: 3 }));
    for (const { outcome, ratio } of few.verdicts) if (ratio) expect(outcome).toBe('not enough');
    expect(sentences(few)).toContain('of 3 blocks only: nothing follows from it');
  });

  it('counts neither failed trials nor phases that were overloaded or invalid, and says which', () => {
    const results = changed((trial) => {
      if (trial.number === 1) return { ...trial, status: 'failed', reason: 'product-service ended in mid-trial' };
      if (trial.stage !== 'rates' || trial.block !== 2) return trial;
      return withPhases(trial, (phase) =>
        phase.name === 'busy' ? { ...phase, status: 'invalid', reason: 'the generator was late' } : phase,
      );
    });
    const { rates, capacities, reserves } = analyze(results);
    for (const { trials, metrics } of rates[1]!.contenders) {
      expect(trials).toMatchObject({ ok: 3, invalid: 1 });
      expect(metrics.p99?.trials).toBe(3);
    }
    expect(capacities[0]?.rate?.trials).toBe(3);
    expect(reserves.join('\n')).toContain('trial 1, monolith, failed: product-service ended in mid-trial.');
    expect(reserves.filter((line) => line.includes('the generator was late'))).toHaveLength(5);
  });

  it('says it where the contenders of a block were not asked the same', () => {
    const results = changed((trial) =>
      trial.contender === 'direct' ? withPhases(trial, (phase) => ({ ...phase, planDigest: 'another' })) : trial,
    );
    expect(analyze(results).reserves.join('\n')).toContain('block 1 of rates (busy) were NOT asked the same');
    expect(analysis.reserves.join('\n')).not.toContain('NOT');
  });

  it('tells of requests that were not answered, whose and how many, also of phases that do not count', () => {
    expect(sentences(analysis)).toContain('Every contender answered every request at 17.6 sessions/s (busy).');
    const failing = analyze(aRun({ withFailures: true }));
    expect(failing.rates[1]!.contenders[0]).toMatchObject({ trials: { ok: 0, overloaded: 4 } });
    expect(sentences(failing)).toMatch(
      /Of the requests at 17\.6 .* 98\.\d+ \[.*\] % of monolith's, .* were answered\./,
    );
  });

  it('says of whom no trial tells whether requests were answered', () => {
    const results = changed((trial) => (trial.contender === 'direct' ? { ...trial, status: 'failed' } : trial));
    expect(sentences(analyze(results))).toContain(
      'monolith, monolith-x2, orchestrated and choreographed answered every request at 17.6 sessions/s (busy); of direct no trial tells.',
    );
  });

  it('sets events against calls within blocks, whichever trials are missing', () => {
    const ratioOf = (results: Results) =>
      analyze(results).verdicts.find(({ sentence }) => sentence.startsWith('Told by events'))!.ratio!;
    expect(ratioOf(run).trials).toBe(4);
    // Block n costs n times as much: only pairs of the same block have the same ratio.
    const slower = changed((trial) =>
      trial.contender === 'choreographed' && trial.stage === 'rates' && trial.block === 2
        ? { ...trial, status: 'failed', phases: [] }
        : withPhases(trial, (phase) => {
            const each = phase.measured.byKind['order-confirmed'];
            const byKind = { ...phase.measured.byKind, 'order-confirmed': { ...each, p50: trial.block } };
            return { ...phase, measured: { ...phase.measured, byKind } };
          }),
    );
    expect(ratioOf(slower)).toMatchObject({ trials: 3, median: 1, low: 1, high: 1 });
  });

  it('asks what events cost with each provider anew', () => {
    const asked = (results: Results) =>
      analyze(results)
        .verdicts.filter(({ sentence }) => /^Told by events.*time to confirmed/.test(sentence))
        .map(({ sentence }) => /\((moderate|busy)\)/.exec(sentence)?.[1]);
    expect(asked(run)).toEqual(['moderate']);
    const slowed = changed((trial) =>
      withPhases(trial, (phase) => (phase.name === 'busy' ? { ...phase, provider: { lostAnswerRate: 0.1 } } : phase)),
    );
    expect(asked(slowed)).toEqual(['moderate', 'busy']);
  });

  it('holds in the interval of a capacity what the steps of a search leave open', () => {
    const found = (rate: number, missedAt: number | undefined) => ({
      rate,
      missedAt,
      answersPerSecond: 1,
      ordersPerSecond: 1,
    });
    const withCapacities = (own: ReturnType<typeof found>, base: ReturnType<typeof found>) =>
      analyze(
        changed((trial) => {
          if (trial.stage !== 'capacity') return trial;
          return { ...trial, capacity: trial.contender === 'monolith' ? base : own };
        }),
      );
    const near = withCapacities(found(33, 36), found(30, 33));
    expect(near.capacities[1]!.ratio).toMatchObject({ median: 1.1, low: 1, high: 1.2, trials: 4 });
    expect(sentences(near)).toMatch(/direct served 33\.0 .*: 1\.10 \[1\.00, 1\.20\] times .*: no difference/);
    const open = withCapacities(found(33, undefined), found(60, 66));
    expect(open.capacities[1]).toMatchObject({ isAtLeast: true, ratio: undefined });
    expect(sentences(open)).toContain('direct served at least 33.0');
    expect(sentences(open)).toContain('no block has a whole search of both');
  });

  it('says so where no search of the monolith found anything', () => {
    const results = changed((trial) => (trial.contender === 'monolith' ? { ...trial, capacity: undefined } : trial));
    expect(sentences(analyze(results))).toMatch(/^No search found how many sessions per second .* the monolith serves/);
  });

  it('compares kinds of request one by one where sessions were for one kind', () => {
    const results = changed((trial) => withPhases(trial, (phase) => ({ ...phase, only: 'product' })));
    const { verdicts } = analyze(results);
    expect(verdicts.filter(({ topic }) => topic === 'cost')).toHaveLength(2 * (contenders.length - 1));
    expect(sentences({ ...analysis, verdicts })).toMatch(
      /CPU time per answer of direct at 11 sessions\/s \(moderate\)/,
    );
  });

  it('tells where much of a latency may be lateness of the generator', () => {
    const late = changed((trial) =>
      withPhases(trial, (phase) => {
        const { lateness, overall } = phase.measured;
        return { ...phase, measured: { ...phase.measured, lateness: { ...lateness, p99: overall.p99 / 3 } } };
      }),
    );
    expect(analyze(late).reserves.join('\n')).toMatch(/In 40 of 40 phases more than a fifth of the p99/);
    expect(analysis.reserves.join('\n')).not.toContain('more than a fifth');
  });

  it('puts violations first among what the audits say, and shows some', () => {
    const violations = Array.from({ length: 7 }, (_, n) => `order ${n} was charged 2 times`);
    const results = changed((trial) =>
      trial.number === 3
        ? { ...trial, status: 'failed', reason: 'the audit found', audit: { ...trial.audit!, violations } }
        : trial,
    );
    const { verdicts, reserves } = analyze(results);
    expect(verdicts.at(-1)?.sentence).toMatch(/^The audit found VIOLATIONS in 1 of 40 trials/);
    expect(reserves.filter((line) => line.startsWith('VIOLATION in trial 3'))).toHaveLength(5);
    expect(reserves.join('\n')).toContain('... and 2 more in trial 3');
  });

  it('says what the audits found where there was nothing wrong, in many trials or in one', () => {
    const sentenceOf = (results: Results) =>
      analyze(results).verdicts.find(({ topic }) => topic === 'faults')?.sentence;
    const run = aRun({ blocks: 1 });
    expect(sentenceOf(run)).toContain('found nothing wrong in any of 10 trials (');
    expect(sentenceOf({ ...run, trials: run.trials.slice(0, 1) })).toContain('found nothing wrong in the one trial (');
  });

  it('says what grows when the same load goes on for long', () => {
    const growing = aRun({ withSamples: true });
    const soaked = changed((trial) =>
      withPhases(trial, (phase) => ({
        ...phase,
        samples: Array.from({ length: 30 }, (_, index) => ({
          second: index * 10,
          cpuMs: {},
          rssBytes: {
            // One leaks; one climbs a last time and is high for as long as it is looked at; of one only the database grows.
            app:
              100e6 +
              (trial.contender === 'direct'
                ? index * 1e6
                : trial.contender === 'orchestrated' && index > 26
                  ? 20e6
                  : 0),
            postgresql: 50e6 + index * 1e6,
          },
        })),
      })),
    );
    const said = sentences(analyze(soaked));
    const of = (contender: string) => `Memory (RSS, without databases) of ${contender} over 5 min at one rate: `;
    expect(said).toMatch(new RegExp(`${escaped(of('direct'))}\\d+ MB; it GROWS: \\+360 MB per hour`));
    expect(said).toContain(`${of('monolith')}100 MB; no growth that could be told from its ups and downs (+0 MB`);
    expect(said).toMatch(new RegExp(`${escaped(of('orchestrated'))}\\d+ MB; no growth that could be told`));
    expect(sentences(analyze(growing))).toContain('too short a time to tell whether it grows');
  });

  it('is the same each time', () => expect(analyze(run)).toEqual(analysis));
});

describe('the least capacity', () => {
  it('is the smallest median', () => {
    const least = leastCapacity(contenders, run.trials);
    const medians = analysis.capacities.map(({ rate }) => rate!.median);
    expect(least).toBe(Math.min(...medians));
  });

  it('is not known before anything was searched', () => expect(leastCapacity(contenders, [])).toBeUndefined());
});

describe('the verdict on a phase', () => {
  const { measured, resources } = run.trials.find(({ stage }) => stage === 'rates')!.phases.at(-1)!;
  const { answered, lateness, window } = measured;

  it.each([
    ['ok', 'all went well', {}, 500],
    ['invalid', 'the generator was late', { lateness: { ...lateness, p99: 80 } }, 500],
    ['invalid', 'the generator used all of its core', {}, 0.95 * window.ms],
    ['invalid', 'nothing was planned', { planned: 0 }, 500],
    ['overloaded', 'requests failed', { failed: 0.02 * answered }, 500],
    ['overloaded', 'requests were never answered', { unfinished: 0.02 * answered }, 500],
    ['overloaded', 'answers came after the window', { window: { ...window, answers: 0.9 * answered } }, 500],
  ] as const)('is "%s" where %s', (status, _, changes, generatorCoreMs) => {
    const verdict = judge({ ...measured, ...changes }, { ...resources!, generatorCoreMs });
    expect(verdict.status).toBe(status);
    expect(verdict.reason === '').toBe(status === 'ok');
  });

  it('is not that the store is overloaded where something outside was made to fail', () => {
    expect(judge({ ...measured, failed: 0.3 * answered }, resources, true).status).toBe('ok');
    expect(judge({ ...measured, lateness: { ...lateness, p99: 80 } }, resources, true).status).toBe('invalid');
  });

  it.each([
    ['', {}],
    ['p99 was 251 ms', { overall: { ...measured.overall, p99: 251 } }],
    ['0.20 % of requests failed', { planned: 1000, failed: 2 }],
  ])('is "%s" against the objective', (miss, changes) => {
    const seen = { ...measured, ...changes };
    expect(missOf(seen, judge(seen, resources))).toBe(miss);
  });
});
