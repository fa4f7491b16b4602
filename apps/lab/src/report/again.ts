import { dirname } from 'node:path';
import { analyze } from '../analysis/analyze.ts';
import { writeReports } from './files.ts';
import { readResults, resultsFile } from './read-results.ts';

/** `lab report FOLDER`: makes the reports again from the raw results. @returns the exit code
 *  @throws Refusal  the results cannot be read, or the reports not written */
export async function reportAgain(path: string, say: (line: string) => void): Promise<number> {
  const results = readResults(path);
  const analysis = analyze(results);
  const folder = dirname(resultsFile(path));
  writeReports(folder, results, analysis);
  say(`${folder}: report.html and report.md are new.`);
  return 0;
}
