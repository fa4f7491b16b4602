import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@twinstore/local';
import { expectedMs, plans } from '../src/plans/index.ts';
import type { Phase, Plan } from '../src/plans/plan.ts';
import { parseRun } from '../src/run/options.ts';
import { countTrials, scheduleStage } from '../src/run/schedule.ts';

const phasesOf = (plan: Plan): readonly Phase[] => plan.stages.flatMap(({ phases }) => phases({ leastCapacity: 20 }));

describe('options', () => {
  it('have defaults, and smaller ones for a smoke run', () => {
    const [full, smoke] = [parseRun([])!, parseRun(['--smoke'])!];
    expect(full.plan.name).toBe('compare');
    const five = ['monolith', 'monolith-x2', 'orchestrated', 'direct', 'choreographed'];
    expect(full.settings).toMatchObject({ contenders: five, budget: 'shared', carts: 'postgres' });
    expect(smoke.settings.contenders).toEqual(five);
    expect(expectedMs(smoke.plan)).toBeLessThan(expectedMs(full.plan) / 4);
  });

  it('are taken as given', () => {
    const { plan, settings } = parseRun([
      'styles',
      '--rate=2.5',
      '--seconds',
      '4',
      '--blocks',
      '2',
      '--contenders',
      'direct,monolith-x4',
    ])!;
    expect(settings).toMatchObject({ blocks: 2, contenders: ['direct', 'monolith-x4'] });
    expect(countTrials(plan, settings.contenders)).toBe(4);
    for (const phase of phasesOf(plan)) {
      if (phase.kind !== 'climb') expect(phase.rate).toBe(2.5);
      if (phase.kind === 'fixed') expect(phase.seconds).toBe(4);
    }
  });

  it('leave it at help where that is asked for', () => expect(parseRun(['--help'])).toBeUndefined());

  it.each([
    [['--rate', 'fast'], '--rate must be a number from 0.1 to 5000, got "fast".'],
    [['--rate', ''], '--rate must be a number from 0.1 to 5000, got "".'],
    [['--blocks', '1.5'], '--blocks must be a whole number from 1 to 100, got "1.5".'],
    [['--contenders', 'monolith,serverless'], 'separated by commas, got "serverless".'],
    [['--carts', 'redis'], '--carts must be postgres or mongodb, got "redis".'],
    [['--fast'], "Unknown option '--fast'; --help lists the options."],
    [['--budget', 'all'], '--budget must be shared or split, got "all".'],
    [['monolith'], 'There is no plan "monolith": use one of compare, quick, styles, hops, soak.'],
    [['quick', 'soak'], 'One plan at a time: got "quick soak".'],
    [['--url', 'monolith=ftp://here'], '--url takes'],
  ])('%j are refused in one sentence', (args, words) => {
    let message = '';
    try {
      parseRun(args);
    } catch (error) {
      if (error instanceof Refusal) message = error.message;
    }
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
  });
});

describe('plans', () => {
  it.each(Object.values(plans))('"$name" names its claims, and its phases have names of their own', (plan) => {
    expect(plan.claims.length).toBeGreaterThan(0);
    for (const claim of plan.claims) expect(claim).toMatch(/^C\d+$/);
    const names = phasesOf(plan).flatMap((phase) => (phase.kind === 'fixed' ? [phase.name] : []));
    expect(new Set(names).size).toBe(names.length);
  });

  it('take as long as they say on two cores: under an hour to compare, under 4 minutes for a quick look', () => {
    expect(expectedMs(plans['compare']!)).toBeLessThan(60 * 60_000);
    expect(expectedMs(plans['quick']!)).toBeLessThan(4 * 60_000);
  });

  it('never set a monolith of one thread alone against several processes, where they ask what the split costs', () => {
    for (const name of ['compare', 'quick']) expect(plans[name]?.contenders).toContain('monolith-x2');
  });

  it.each([
    [40, [32, 16, 32]],
    [39, [16, 8, 16]],
    [19, [8, 4, 8]],
    [13, [8, 4, 8]],
    [0, [2, 1, 2]],
    [undefined, [2, 1, 2]],
  ])(
    'measure below the capacity that was found, of %s sessions per second, at a power of two and half of it',
    (leastCapacity, expected) => {
      const rates = plans['compare']!.stages[1]!.phases({ leastCapacity });
      expect(rates.map((phase) => (phase.kind === 'climb' ? 0 : phase.rate))).toEqual(expected);
    },
  );
});

describe('the order of trials', () => {
  const contenders = ['monolith', 'orchestrated', 'direct'] as const;
  const schedule = () => scheduleStage('order', { name: 'rates', blocks: 6, phases: () => [] }, contenders, 1);

  it('has every contender once in every block', () => {
    const trials = schedule();
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1));
    for (let block = 1; block <= 6; block += 1) {
      const names = trials.filter((trial) => trial.block === block).map(({ contender }) => contender);
      expect(names.toSorted()).toEqual([...contenders].toSorted());
    }
  });

  it('differs from block to block, and is the same for the same seed', () => {
    const trials = schedule();
    const firsts = trials.filter(({ number }) => number % 3 === 1).map(({ contender }) => contender);
    expect(new Set(firsts).size).toBeGreaterThan(1);
    expect(schedule()).toEqual(trials);
  });
});
