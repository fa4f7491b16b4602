import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Refusal } from '@twinstore/local';
import { randomOf } from '../../src/load/random.ts';
import { compareReports, ratioOfRuns, readResults } from '../../src/report/compare-reports.ts';
import { aRun, contenders } from './a-run.ts';

const run = aRun();
/** Few trials, for what is not about statistics. */
const small = aRun({ blocks: 1 });

describe('two runs side by side', () => {
  it('agree where the intervals of CPU time per order overlap for everybody', () => {
    const { text, agree } = compareReports(run, aRun({ seed: 'another day' }));
    expect(agree).toBe(true);
    expect(text).toContain('AGREE: the intervals of CPU time per paid order overlap in all 10 cases');
    for (const contender of contenders) {
      expect(text).toMatch(
        new RegExp(
          `CPU time per paid order of ${contender}: [\\d.]+ \\[.*\\] and [\\d.]+ \\[.*\\]: the intervals overlap; B/A [01]\\.`,
        ),
      );
    }
  });

  it('do not agree where one costs more, and the ratio says how much', () => {
    const { text, agree } = compareReports(run, aRun({ cost: 1.5 }));
    expect(agree).toBe(false);
    expect(text).toContain('DO NOT AGREE: of the intervals of CPU time per paid order, 10 of 10 do not overlap');
    expect(text).toMatch(/CPU time per paid order of direct: .* DO NOT OVERLAP; B\/A 1\.[45]\d/);
  });

  it('tell where the machine itself was slower in one of them', () => {
    const { text } = compareReports(small, aRun({ blocks: 1, slowness: 1.5 }));
    expect(text).toMatch(
      /Speed of the machine itself\n  CPU time of a fixed piece of work.*: 15\.\d \[.*\] and 23\.\d \[.*\]: the intervals DO NOT OVERLAP; B\/A 1\.5\d/,
    );
  });

  it('agree though the machine was slower in one, and nobody knows CPU times', () => {
    const withoutCpu = (results: typeof small) => ({
      ...results,
      trials: results.trials.map((trial) => ({
        ...trial,
        phases: trial.phases.map((phase) => ({ ...phase, resources: undefined })),
      })),
    });
    const slower = { ...small, trials: small.trials.map((trial) => ({ ...trial, yardstickMs: 99 })) };
    expect(compareReports(withoutCpu(small), withoutCpu(slower)).agree).toBe(true);
  });

  it('say loudly what they do not have in common', () => {
    const other = aRun({ seed: '8', blocks: 1 });
    const { text } = compareReports(small, {
      ...other,
      manifest: { ...other.manifest, commit: 'abc + changes', node: 'v20.1.0' },
      settings: { ...other.settings, budget: 'split' },
    });
    expect(text).toContain('NOT THE SAME');
    for (const what of [
      'commit: 25c38df0',
      'Node: v24.21.0 in A, v20.1.0 in B',
      'seed: a run in A, 8 in B',
      'CPU budget: shared in A, split in B',
    ]) {
      expect(text).toContain(what);
    }
    expect(compareReports(small, small).text).toContain('Plan, settings, commit and machine are the same.');
  });

  it('say so where a rate of the same name was another rate', () => {
    const trials = small.trials.map((trial) => ({
      ...trial,
      phases: trial.phases.map((phase) => (phase.name === 'busy' ? { ...phase, rate: 20 } : phase)),
    }));
    expect(compareReports(small, { ...small, trials }).text).toContain(
      'busy, at DIFFERENT rates: 17.6 sessions/s in A and 20 in B',
    );
  });

  it('do not agree by having nothing in common', () => {
    const { text, agree } = compareReports(run, { ...run, trials: [] });
    expect(agree).toBe(false);
    expect(text).toContain('nothing in common');
  });

  it('fall back on all numbers where no CPU time is known', () => {
    const blind = {
      ...small,
      trials: small.trials.map((trial) => ({
        ...trial,
        phases: trial.phases.map((phase) => ({ ...phase, resources: undefined })),
      })),
    };
    const { text, agree } = compareReports(blind, blind);
    expect(agree).toBe(true);
    expect(text).toContain('CPU times being unknown');
  });
});

describe('the ratio of two runs', () => {
  it('covers what is true, and is wider than a ratio of pairs', () => {
    const ratio = ratioOfRuns([10, 11, 9, 10], [20, 22, 18, 20], randomOf('ratio'))!;
    expect(ratio.median).toBe(2);
    expect(ratio.low).toBeLessThan(2);
    expect(ratio.high).toBeGreaterThan(2);
  });

  it('is unknown for a base of 0', () => expect(ratioOfRuns([0], [1], randomOf('zero'))).toBeUndefined());
});

describe('reading results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string) => {
    const path = join(folder, 'results.json');
    writeFileSync(path, text);
    return path;
  };

  it('takes the file, and the folder that it is in', () => {
    const path = file(JSON.stringify(run));
    expect(readResults(path).trials).toHaveLength(40);
    expect(readResults(folder)).toEqual(readResults(path));
  });

  it.each([
    ['not JSON', '{', /is not JSON: name the results\.json/],
    ['JSON of something else', '{"name": "twinstore"}', /holds no results of a lab run: name/],
    ['an array', '[]', /holds no results of a lab run/],
    ['null', 'null', /holds no results of a lab run/],
    [
      'an older version',
      '{"kind": "twinstore-lab", "version": 2}',
      /is of version 2, and this lab reads version 4: use/,
    ],
    ['a file without trials', '{"kind": "twinstore-lab", "version": 4}', /has no trials in it/],
  ])('refuses %s in one sentence that says how to mend it', (_, text, sentence) => {
    const path = file(text);
    expect(() => readResults(path)).toThrow(Refusal);
    expect(() => readResults(path)).toThrow(sentence);
  });

  it('refuses a file that is not there, and no name at all', () => {
    expect(() => readResults(join(folder, 'nowhere'))).toThrow(/There are no results to be read at .*nowhere/);
    expect(() => readResults('')).toThrow(Refusal);
  });
});
