import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@twinstore/local';
import { parseOptions } from '../src/run/options.ts';
import { planTrials } from '../src/run/plan.ts';

describe('options', () => {
  it('have defaults, and smaller ones for a smoke run', () => {
    const [full, smoke] = [parseOptions([])!, parseOptions(['--smoke'])!];
    expect(full.contenders).toEqual(['monolith', 'monolith-x2', 'orchestrated', 'direct', 'choreographed']);
    expect(smoke.contenders).toEqual(full.contenders);
    expect(smoke.blocks * smoke.windowMs).toBeLessThan(full.blocks * full.windowMs);
  });

  it('are taken as given', () => {
    const options = parseOptions(['--rate=2.5', '--duration', '4', '--blocks', '2', '--contenders', 'direct,monolith']);
    expect(options).toMatchObject({ rate: 2.5, windowMs: 4_000, blocks: 2, contenders: ['direct', 'monolith'] });
  });

  it('leave it at help where that is asked for', () => expect(parseOptions(['--help'])).toBeUndefined());

  it.each([
    [['--rate', 'fast'], '--rate must be a number from 0.1 to 2000, got "fast".'],
    [['--rate', ''], '--rate must be a number from 0.1 to 2000, got "".'],
    [['--blocks', '1.5'], '--blocks must be a whole number from 1 to 100, got "1.5".'],
    [['--contenders', 'monolith,serverless'], 'separated by commas, got "serverless".'],
    [['--carts', 'redis'], '--carts must be postgres or mongodb, got "redis".'],
    [['--fast'], "Unknown option '--fast'; --help lists the options."],
    [['monolith'], '--help lists the options.'],
  ])('%j are refused in one sentence', (args, words) => {
    let message = '';
    try {
      parseOptions(args);
    } catch (error) {
      if (error instanceof Refusal) message = error.message;
    }
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
  });
});

describe('the order of trials', () => {
  const contenders = ['monolith', 'orchestrated', 'direct'] as const;

  it('has every contender once in every block', () => {
    const trials = planTrials('order', contenders, 6);
    expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1));
    for (let block = 1; block <= 6; block += 1) {
      const names = trials.filter((trial) => trial.block === block).map(({ contender }) => contender);
      expect(names.toSorted()).toEqual([...contenders].toSorted());
    }
  });

  it('differs from block to block, and is the same for the same seed', () => {
    const trials = planTrials('order', contenders, 6);
    const firsts = trials.filter(({ number }) => number % 3 === 1).map(({ contender }) => contender);
    expect(new Set(firsts).size).toBeGreaterThan(1);
    expect(planTrials('order', contenders, 6)).toEqual(trials);
  });
});
