import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal, root, stateDir } from '@twinstore/local';
import type { Results } from './model.ts';

export const resultsDir = join(stateDir, 'results');

/** The folder for what a run leaves behind, made.
 *  @param out  where; undefined: one named after time and plan in `.twinstore/results`
 *  @throws Refusal  it cannot be written */
export function resultsFolder(out: string | undefined, plan: string, startedAt: Date): string {
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(root, out ?? join(resultsDir, `${stamp}-${plan}`));
  writing(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'results.json.new'), '');
  });
  return folder;
}

/** Whole or not at all: whoever kills us finds the trials before. @throws Refusal  it cannot be written */
export function writeResults(folder: string, results: Results): void {
  const file = join(folder, 'results.json');
  writing(folder, () => {
    writeFileSync(`${file}.new`, `${JSON.stringify(results)}\n`);
    renameSync(`${file}.new`, file);
  });
}

/** @throws Refusal  a full disk, a folder that is not ours, and their like, in one sentence */
export function writing(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `The results cannot be written to ${folder} (${why}): make room there, or name another with --out.`,
    );
  }
}
