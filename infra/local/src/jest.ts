import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, stateFolder } from './paths.ts';
import { run } from './run.ts';

export interface JestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs jest over the tests that `args` select, its output shown, and counts. A test file that could not even be
 *  loaded counts as one failure, and so does a jest that ends without a report. */
export async function runJest(
  args: readonly string[],
  env: Record<string, string>,
  signal?: AbortSignal,
): Promise<JestCounts> {
  const report = join(stateFolder(), `jest-${process.pid}.json`);
  try {
    const { code } = await jest([...args, '--json', `--outputFile=${report}`], {
      env,
      visible: true,
      ...(signal && { signal }),
    });
    if (!existsSync(report)) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    const counts: JestReport = JSON.parse(readFileSync(report, 'utf8'));
    const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
    return {
      passed: counts.numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: counts.numPendingTests + counts.numTodoTests,
    };
  } finally {
    rmSync(report, { force: true });
  }
}

/** What the selected tests run against besides PostgreSQL and MongoDB: only what is needed is to be started. */
export interface Needs {
  readonly doors: boolean;
  readonly rabbit: boolean;
  readonly browser: boolean;
  /** Of which kind there are any: those that run beside each other, those that want the machine for themselves. */
  readonly shares: readonly Share[];
}

/** As `jest.config.mjs` knows them. */
type Share = 'together' | 'alone';
const isAlone = (file: string) => /\/test\/(faults|browser)\//.test(file);

/** Looks into the selected tests for what they need. */
export async function needsOf(args: readonly string[], signal?: AbortSignal): Promise<Needs> {
  const { code, output } = await jest([...args, '--listTests'], signal ? { signal } : {});
  if (code !== 0) return { doors: true, rabbit: true, browser: true, shares: ['together'] }; // jest itself will say what is wrong
  const files = output.split('\n').filter((line) => line.endsWith('.test.ts') && existsSync(line));
  const tests = files.map((file) => readFileSync(file, 'utf8'));
  return {
    doors: tests.some((text) => /TEST_DOORS|TEST_PROVIDER_URL|@twinstore\/conformance|inBrowser/.test(text)),
    rabbit: tests.some((text) => /rabbit|broker|messaging|choreographed/i.test(text)),
    browser: tests.some((text) => /inBrowser/.test(text)),
    shares: [
      ...(files.every(isAlone) && files.length > 0 ? [] : (['together'] as const)),
      ...(files.some(isAlone) ? (['alone'] as const) : []),
    ],
  };
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

function jest(args: readonly string[], options: Parameters<typeof run>[2]) {
  // Jest loads ES modules through `vm`, which Node still calls experimental, and warns of in every worker.
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // Its workers would go on with the test that they are at.
  return run(process.execPath, [...flags, jest, ...args], { ...options, group: true });
}
