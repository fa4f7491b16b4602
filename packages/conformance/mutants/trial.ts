import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  dropDatabases,
  provisionDatabases,
  storeDatabases,
  type DoorName,
  type Stack,
  type StackOptions,
} from '@twinstore/local';
import { chanceFrom } from '../src/chance.ts';
import { gatherCrowd } from '../src/crowd.ts';
import type { Door } from '../src/index.ts';

/** One fault that was noticed. */
export interface Finding {
  readonly door: DoorName;
  readonly by: 'conformance' | 'audit';
  readonly what: string;
}

export interface Trial {
  readonly findings: readonly Finding[];
  /** How many behaviors were tried, over all doors. */
  readonly tried: number;
}

export interface Bench {
  readonly root: string;
  /** Starts stores of the working copy. */
  readonly startStack: (options: StackOptions) => Promise<Stack>;
  /** URL of a PostgreSQL whose role may create databases. */
  readonly adminUrl: string;
  readonly logDir: string;
}

const ADMIN_TOKEN = 'mutants-admin-token';
/** How long a crowd's store gets to come to rest, beyond the last answer. */
const REST_MS = 4000;

/** Starts a store of the working copy as it now is, tries these behaviors on every door, and audits a crowd. */
export async function tryStore(bench: Bench, doors: readonly DoorName[], behaviors: readonly string[]): Promise<Trial> {
  const { adminUrl, logDir } = bench;
  const suffix = `_mutants_${process.pid}`;
  const databases = await provisionDatabases(adminUrl, storeDatabases, { suffix });
  let stack: Stack | undefined;
  try {
    const env = { ADMIN_TOKEN, LOG_LEVEL: 'error' };
    stack = await bench.startStack({ doors, databases, seedProducts: 10, env, logDir });
    const { tried, findings } = await conformance(bench, stack, behaviors);
    for (const { name, url } of stack.doors) {
      const door = { name, url, providerUrl: stack.providerUrl, adminToken: ADMIN_TOKEN };
      findings.push(...(await audit(door)).map((what) => ({ door: name, by: 'audit' as const, what })));
    }
    return { tried, findings };
  } finally {
    await Promise.all(Object.values(stack?.processes ?? {}).map((process) => process.kill()));
    await dropDatabases(adminUrl, storeDatabases, { suffix });
  }
}

async function audit(door: Door): Promise<readonly string[]> {
  try {
    const crowd = await gatherCrowd(door, {
      size: 40,
      chance: chanceFrom(1),
      tokens: ['tok_visa', 'tok_visa', 'tok_visa', 'tok_declined', 'tok_timeout'],
    });
    crowd.giveUpAt(Date.now() + 20_000);
    await crowd.checkOut();
    const deadline = Date.now() + REST_MS;
    for (;;) {
      const violations = await crowd.audit();
      if (violations.length === 0 || Date.now() > deadline) return violations;
      await sleep(500);
    }
  } catch (error) {
    // An answer that is not as the contract has it.
    return [error instanceof Error ? error.message : String(error)];
  }
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

async function conformance(bench: Bench, stack: Stack, behaviors: readonly string[]) {
  const findings: Finding[] = [];
  if (behaviors.length === 0) return { tried: 0, findings };
  const reportFile = join(bench.logDir, 'jest.json');
  rmSync(reportFile, { force: true });
  const jest = join(bench.root, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const files = ['**/conformance/mutants/*.test.ts', '**/conformance/test/costs.test.ts'];
  const args = ['--runInBand', '--json', `--outputFile=${reportFile}`, '-t', behaviors.map(literally).join('|')];
  for (const file of files) args.push('--testMatch', file);
  const env = {
    ...process.env,
    TEST_DOORS: JSON.stringify(stack.doors),
    TEST_PROVIDER_URL: stack.providerUrl,
    TEST_ADMIN_TOKEN: ADMIN_TOKEN,
    TEST_MONGODB_URL: '',
  };
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [...flags, jest, ...args], { cwd: bench.root, env, maxBuffer: 1e8 }, (_, _out, err) =>
      resolve(err),
    );
  });
  const results = (JSON.parse(readFileSync(reportFile, 'utf8')) as Report).testResults;
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const run = tests.filter(({ status }) => status === 'passed' || status === 'failed');
  for (const behavior of behaviors) {
    if (!run.some(({ title }) => title.includes(behavior))) throw new Error(`no behavior is "${behavior}"\n${said}`);
  }
  for (const { ancestorTitles, title, status } of run) {
    const door = stack.doors.find(({ name }) => ancestorTitles[0]?.includes(name));
    if (status === 'failed' && door) {
      findings.push({ door: door.name, by: 'conformance', what: [...ancestorTitles.slice(1), title].join(' ') });
    }
  }
  return { tried: run.length, findings };
}

const literally = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
