import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { analyze } from '../../src/analysis/analyze.ts';
import { reportAgain } from '../../src/report/again.ts';
import { writeReports } from '../../src/report/files.ts';
import { aRun } from './a-run.ts';

describe('the files of a report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-report-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = aRun({ blocks: 1 });

  it('are two, whole, with nothing left of how they were made', () => {
    writeReports(folder, run, analyze(run));
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'report.md']);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatch(/^## What the split costs/);
  });

  it('are made again from the raw results, named by their file or their folder', async () => {
    writeFileSync(join(folder, 'results.json'), JSON.stringify(run));
    writeFileSync(join(folder, 'report.md'), 'old');
    const said: string[] = [];
    expect(await reportAgain(join(folder, 'results.json'), (line) => said.push(line))).toBe(0);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).not.toBe('old');
    expect(said[0]).toContain(folder);
  });
});
