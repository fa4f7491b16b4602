import { describe, expect, it } from '@jest/globals';
import { ratioScale } from '../../src/report/bars.ts';
import { hopCosts } from '../../src/report/hop-costs.ts';
import { markup } from '../../src/report/markup.ts';
import { countingOf } from '../../src/analysis/played.ts';
import { timelineOf } from '../../src/report/timeline.ts';
import { aRun } from './a-run.ts';

const run = aRun({ withHops: true });

describe('markup', () => {
  it('escapes what is put into it, and not what is markup already', () => {
    const inner = markup`<b>${'<i>'}</b>`;
    expect(markup`<p title="${'"x"'}">${inner}${undefined}${false}${0}${['&', inner]}</p>`.html).toBe(
      '<p title="&quot;x&quot;"><b>&lt;i&gt;</b>0&amp;<b>&lt;i&gt;</b></p>',
    );
  });
});

describe('the scale of ratios', () => {
  it('gives half and double the same room on either side of 1', () => {
    const estimate = { median: 1, min: 1, max: 1, trials: 4 };
    const { at, ticks } = ratioScale([{ ...estimate, low: 0.4, high: 3 }]);
    expect(at(1) - at(0.5)).toBeCloseTo(at(2) - at(1));
    expect(at(0.4)).toBeGreaterThan(0);
    expect(at(3)).toBeLessThan(100);
    expect(ticks).toEqual([0.5, 1, 2]);
  });

  it('exists where there is nothing to show', () => expect(ratioScale([]).at(1)).toBeCloseTo(50, 0));
});

describe('the cost of hops', () => {
  const phases = countingOf(run)
    .filter(({ trial, phase }) => trial.contender === 'direct' && phase.name === 'busy')
    .map(({ phase }) => phase);
  const hops = hopCosts(phases);

  it('counts what reaches each process for one request at the door', () => {
    expect(hops.find(({ process }) => process === 'gateway-direct')!.perRequest).toBeCloseTo(1, 2);
    expect(hops.find(({ process }) => process === 'cart-service')!.perRequest).toBeCloseTo(0.6, 2);
  });

  it('adds up to the CPU time per answer, servers that tell nothing of requests included', () => {
    const [answers, cpuMs] = [
      phases.reduce((all, { measured }) => all + measured.window.answers, 0),
      phases.reduce((all, { resources }) => all + resources!.contenderCpuMs, 0),
    ];
    expect(hops.reduce((all, hop) => all + hop.cpuMs!, 0)).toBeCloseTo(cpuMs / answers, 6);
    expect(hops.find(({ process }) => process === 'postgresql')).toMatchObject({
      perRequest: undefined,
      meanMs: undefined,
    });
  });

  it('is for each request of the kind that sessions were for, with what came before it', () => {
    const halves = phases.map((phase) => ({ ...phase, only: 'cancel' as const }));
    const share =
      halves[0]!.measured.byKind.cancel.count /
      Object.values(halves[0]!.measured.byKind).reduce((all, { count }) => all + count, 0);
    const dear = hopCosts(halves);
    for (const [index, hop] of hops.entries()) {
      expect(dear[index]!.cpuMs).toBeCloseTo(hop.cpuMs! / share, 6);
      if (hop.perRequest) expect(dear[index]!.perRequest).toBeCloseTo(hop.perRequest / share, 6);
      expect(dear[index]!.meanMs).toBe(hop.meanMs);
    }
  });

  it('is nothing where nothing was answered', () => expect(hopCosts([])).toEqual([]));
});

describe('a timeline', () => {
  it('puts the phases of a trial one after the other, and trials on top of each other', () => {
    const line = timelineOf(run, 'rates', 'direct')!;
    expect(line).toMatchObject({ trials: 4, bucket: 1, hasFailures: false });
    expect(line.seconds).toEqual(Array.from({ length: 5 + 22 + 22 }, (_, second) => second));
    for (const { low, middle, high } of line.answered) {
      expect(low!).toBeLessThanOrEqual(middle!);
      expect(middle!).toBeLessThanOrEqual(high!);
    }
  });

  it('keeps the worst second where it puts many together', () => {
    const first = run.trials.find(({ stage, contender }) => stage === 'rates' && contender === 'direct');
    const phase = first!.phases[1]!;
    const series = Array.from({ length: 3600 }, (_, second) => ({
      second,
      answered: 10,
      failed: 0,
      p50: 1,
      p99: second === 1805 ? 900 : 5,
    }));
    const long = { ...first!, phases: [{ ...phase, measured: { ...phase.measured, series } }] };
    const line = timelineOf({ trials: [long] }, 'rates', 'direct')!;
    expect(line.seconds.length).toBeLessThanOrEqual(400);
    expect(Math.max(...line.p99.map(({ high }) => high!))).toBe(900);
    expect(line.answered.every(({ middle }) => middle === 10)).toBe(true);
  });

  it('is none of a stage in which a contender only failed', () => {
    const trials = run.trials.map((trial) => ({ ...trial, status: 'failed' as const }));
    expect(timelineOf({ trials }, 'rates', 'direct')).toBeUndefined();
  });
});
