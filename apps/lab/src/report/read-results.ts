import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal, root } from '@twinstore/local';
import type { Results } from '../run/model.ts';

const KIND: Results['kind'] = 'twinstore-lab';
const VERSION: Results['version'] = 4;

/** Reads what a run left behind.
 *  @param path  a results.json, or the folder of one; from the root of the repository
 *  @throws Refusal  it is not there, or is no such file; with how to mend it */
export function readResults(path: string): Results {
  if (path === '') throw new Refusal('Name a results.json, or the folder of a run below .twinstore/results.');
  const file = resultsFile(path);
  return checked(file, parsed(file, textOf(file)));
}

/** The results.json that is meant. */
export function resultsFile(path: string): string {
  const given = resolve(root, path);
  return statSync(given, { throwIfNoEntry: false })?.isDirectory() ? join(given, 'results.json') : given;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `There are no results to be read at ${file} (${why}): name a results.json, or the folder of a run.`,
    );
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`${file} is not JSON: name the results.json that a run wrote.`);
  }
}

function checked(file: string, value: unknown): Results {
  const { kind, version, trials } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Results>;
  if (kind !== KIND)
    throw new Refusal(`${file} holds no results of a lab run: name the results.json that a run wrote.`);
  if (version !== VERSION) {
    throw new Refusal(
      `${file} is of version ${String(version)}, and this lab reads version ${VERSION}: use the commit that wrote it, or run it again.`,
    );
  }
  if (!Array.isArray(trials)) throw new Refusal(`${file} has no trials in it: it was damaged, so run it again.`);
  return value as Results;
}
