import { describe, expect, it } from '@jest/globals';
import { analyze } from '../../src/analysis/analyze.ts';
import type { Analysis } from '../../src/analysis/model.ts';
import { htmlReport } from '../../src/report/html.ts';
import type { Results, Trial } from '../../src/run/model.ts';
import { aRun, contenders } from './a-run.ts';

const run = aRun({ withHops: true, withSamples: true, withFailures: true });
const analysis = analyze(run);
const report = (changes: Partial<Results> = {}) => htmlReport({ ...run, ...changes }, analysis);
const changed = (trials: readonly Trial[], index: number, change: Partial<Trial>): Trial[] =>
  trials.map((trial, each) => (each === index ? { ...trial, ...change } : trial));

/** What a reader sees, without the library, the style and the data of the charts. */
const visible = (html: string) =>
  html.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<script>.*?<\/script>/gs, '');

const charts = (html: string) =>
  [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].map(
    ([, json]) =>
      JSON.parse(json!) as { title: string; xs: number[]; lines: { name: string; color: string; values: unknown[] }[] },
  );

describe('the HTML report', () => {
  it('has the verdicts before anything else, and every section of which there are data', () => {
    const titles = [...report().matchAll(/<h2[^>]*>(.*?)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      'Verdicts',
      'Before you believe it',
      'Capacity',
      'At fixed rates',
      'Over time',
      'Cost',
      'Hop by hop',
      'Availability',
      'Memory over time',
      'Method and machine',
      'Every trial',
      'Threats to validity',
    ]);
  });

  it('leaves out what there are no data for', () => {
    const bare = { ...aRun(), trials: [] };
    const html = htmlReport(bare, analyze(bare));
    expect(html).not.toContain('<figure');
    expect(html).toContain('id="method"');
    expect(html).toContain('0 trials of 40 planned');
  });

  it('shows nothing that is no number or text', () => {
    for (const html of [report(), htmlReport({ ...run, trials: [] }, analyze({ ...run, trials: [] }))]) {
      expect(visible(html)).not.toMatch(/undefined|NaN|Infinity|\[object/);
    }
  });

  it('escapes every text from data, in tables, attributes and the data of charts', () => {
    const evil = '</script><script>alert("1")</script><img src=x>';
    const trials = run.trials.map((trial) => ({
      ...trial,
      contender: trial.contender === 'direct' ? evil : trial.contender,
    }));
    const settings = {
      ...run.settings,
      contenders: contenders.map((name) => (name === 'direct' ? evil : name)),
      seed: evil,
    };
    const results = {
      ...run,
      settings,
      plan: { ...run.plan, title: evil, question: evil },
      leftOut: [{ contender: evil, why: evil }],
      trials: changed(trials, 3, {
        status: 'failed',
        reason: evil,
        audit: { violations: [evil], customers: 1, products: 1, settledAfterMs: 0, lookMs: 300 },
      }),
    };
    const html = htmlReport(results, analyze(results));
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(html.match(/<\/script>/g)!.length);
    expect(charts(html).some(({ lines }) => lines.some(({ name }) => name === evil))).toBe(true);
  });

  it('needs no network: all it refers to is the raw data beside it', () => {
    const html = report();
    expect(html).not.toMatch(/https?:/);
    expect([...html.matchAll(/ (?:href|src)="(?!#)([^"]*)"/g)].map(([, target]) => target)).toEqual(['results.json']);
    expect(html).toContain('default-src &#39;none&#39;');
    expect(html).toContain('The MIT License (MIT)');
  });

  it('stays small', () => {
    expect(report().length).toBeLessThan(400_000);
  });

  it('says loudly that a run was partial, quick or a smoke run, and nothing of the kind of a full one', () => {
    expect(report()).not.toContain('class="warning"');
    expect(report({ partial: true, plannedTrials: 60 })).toContain('PARTIAL: 40 of 60 planned trials');
    expect(report({ plan: { ...run.plan, isQuick: true } })).toContain('class="warning">QUICK');
    expect(report({ settings: { ...run.settings, smoke: true } })).toContain('class="warning">SMOKE RUN');
  });

  it('draws a contender in the same color in every chart, and no two in one', () => {
    const colors = new Map<string, Set<string>>();
    for (const { title, lines } of charts(report())) {
      for (const { name, color } of lines) {
        const contender = contenders.includes(name) ? name : title.split(':')[0]!;
        if (contenders.includes(contender)) colors.set(contender, (colors.get(contender) ?? new Set()).add(color));
      }
    }
    expect([...colors.keys()].sort()).toEqual([...contenders].sort());
    expect([...colors.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...colors.values()].flatMap((each) => [...each])).size).toBe(contenders.length);
  });

  it('gives every line of a chart a value or a gap for each x, in ascending order of x', () => {
    const all = charts(report());
    expect(all.length).toBeGreaterThan(10);
    for (const { xs, lines } of all) {
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      for (const { values } of lines) expect(values).toHaveLength(xs.length);
    }
  });

  it('marks warm-up and lead-in as not counted', () => {
    const chart = charts(report()).find(({ title }) => title === 'direct: p99 latency');
    expect(chart).toMatchObject({
      shaded: [
        { from: 0, to: 5, label: 'warm-up' },
        { from: 5, to: 7, label: 'lead-in' },
        { from: 27, to: 29, label: 'lead-in' },
      ],
      marks: [
        { at: 5, label: 'moderate, 11/s' },
        { at: 27, label: 'busy, 17.6/s' },
      ],
    });
  });

  it('hides no trial: a failed one is in the table with its reason, and its violations in full', () => {
    const audit = {
      violations: ['order 12 was charged 2 times'],
      customers: 1,
      products: 1,
      settledAfterMs: 15_000,
      lookMs: 300,
    };
    const trials = changed(run.trials, 7, { status: 'failed', reason: 'the audit found one', audit });
    const html = report({ trials });
    expect(html.match(/<td class="?l"?>ok<\/td>/g)!.length).toBeGreaterThanOrEqual(39);
    expect(html).toContain('the audit found one');
    expect(html).toContain('Trial 8, orchestrated: order 12 was charged 2 times');
  });

  it('says of the three verdicts of the chapter that are missing that nobody asked', () => {
    const silent: Analysis = { verdicts: [], capacities: [], rates: [], reserves: [] };
    expect(htmlReport(run, silent).match(/This run did not ask\./g)).toHaveLength(3);
  });

  it('names each server once, however many folders it had', () => {
    expect(report()).toContain('<dd>PostgreSQL 15 from the PATH; RabbitMQ 3.10</dd>');
  });

  it('names the command that repeats it', () => {
    expect(report()).toContain('npm run lab -- run compare --seed &#39;a run&#39;');
    const settings = { ...run.settings, contenders: ['direct'], blocks: 2, seed: '7', carts: 'mongodb' } as const;
    expect(report({ settings })).toContain('run compare --contenders direct --blocks 2 --carts mongodb --seed 7');
  });
});
