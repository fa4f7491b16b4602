import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis } from '../analysis/model.ts';
import type { Results } from '../run/model.ts';
import { writing } from '../run/results.ts';
import { htmlReport } from './html.ts';
import { markdownReport } from './markdown.ts';

/** Writes report.html and report.md into the folder of results.json, each whole or not at all.
 *  @throws Refusal  they cannot be written */
export function writeReports(folder: string, results: Results, analysis: Analysis): void {
  const reports = { 'report.html': htmlReport(results, analysis), 'report.md': markdownReport(results, analysis) };
  writing(folder, () => {
    for (const [name, text] of Object.entries(reports)) {
      const file = join(folder, name);
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    }
  });
}
