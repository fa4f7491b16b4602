import { describe, expect, it } from '@jest/globals';
import { analyze } from '../../src/analysis/analyze.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { aRun, contenders } from './a-run.ts';

const run = aRun();
const analysis = analyze(run);

describe.each([
  ['Markdown', markdownReport(run, analysis)],
  ['terminal', terminalReport(run, analysis)],
])('the %s report', (_, text) => {
  it('has the verdicts before the tables, and the reserves after them', () => {
    const places = ['Throughput', 'Capacity at the objective', 'moderate', 'Before you believe it'].map((each) =>
      text.search(new RegExp(`^\\W*${each}`, 'm')),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
  });

  it('has a row for each contender in every table', () => {
    for (const contender of contenders) {
      expect(text.match(new RegExp(`^\\|?\\s*${contender} `, 'gm'))!.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('shows nothing that is no number or text', () => expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/));
});

describe('the Markdown report', () => {
  it('says how to repeat it', () => {
    expect(markdownReport(run, analysis)).toContain("```sh\nnpm run lab -- run compare --seed 'a run'\n```");
  });

  it('takes nothing from data for markup', () => {
    const reserves = ['a|b <script>\nsecond line'];
    const text = markdownReport({ ...run, plan: { ...run.plan, title: '*bold* <b>' } }, { ...analysis, reserves });
    expect(text).toContain(String.raw`## \*bold\* &lt;b>`);
    expect(text).toContain(String.raw`- a\|b &lt;script> second line`);
  });

  it('warns of a partial run', () => {
    expect(markdownReport({ ...run, partial: true, plannedTrials: 60 }, analysis)).toContain('> **PARTIAL: 40 of 60');
  });
});

describe('the terminal report', () => {
  it('begins with what has to be known before the first number', () => {
    const settings = { ...run.settings, smoke: true };
    expect(terminalReport({ ...run, settings }, analysis).trimStart()).toMatch(/^SMOKE RUN/);
  });
});
