import { findBrowser } from './browser.ts';
import { buildShop } from './build-shop.ts';
import { type JestCounts, needsOf, runJest } from './jest.ts';
import { seconds, type Terminal } from './lines.ts';
import { shown } from './paths.ts';
import { tell } from './refusal.ts';
import { run } from './run.ts';
import { isContinuousIntegration, programEnv, readSettings } from './settings.ts';
import { hasXray, openTestBed, type TestBed } from './test-bed.ts';

type Outcome = 'passed' | 'failed' | 'skipped';

/** `npm test`: static checks, then every jest test against private databases and a store of its own.
 *  `args` go to jest, but for three of ours: `--no-checks`, `--no-doors` and `--doors` (where tests of doors are
 *  selected, doors are started anyway).
 *  @returns the exit code */
export async function test(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const has = (flag: string) => args.includes(flag);
  const jestArgs = args.filter((arg) => !['--no-checks', '--no-doors', '--doors'].includes(arg));
  const settings = readSettings();
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const step = (name: string, outcome: Outcome, note = '') => {
    totals[outcome] += 1;
    terminal.say(`${name}: ${outcome}${note && `, ${note}`}`);
  };

  for (const task of has('--no-checks') ? [] : ['typecheck', 'lint', 'format'])
    await check(task, step, terminal, signal);

  const needs = await needsOf(jestArgs, signal);
  const withDoors = has('--doors') || (!has('--no-doors') && needs.doors);
  let bed: TestBed;
  try {
    bed = await openTestBed(settings, withDoors || needs.rabbit, signal, (line) => terminal.say(line));
  } catch (error) {
    signal.throwIfAborted();
    step('databases', 'failed', tell(error));
    return summary(totals, terminal);
  }
  try {
    const { postgres, mongo, rabbit } = bed;
    const env: Record<string, string> = { TEST_POSTGRES_URL: postgres.adminUrl };
    const origins = [postgres.origin];
    if ('missing' in mongo) step('MongoDB', isContinuousIntegration() ? 'failed' : 'skipped', mongo.missing);
    else {
      env.TEST_MONGODB_URL = mongo.url;
      origins.push(mongo.origin);
    }
    if (!('missing' in rabbit)) {
      env.TEST_RABBITMQ_URL = rabbit.url;
      origins.push(rabbit.origin);
    } else if (withDoors || needs.rabbit)
      step('RabbitMQ', isContinuousIntegration() ? 'failed' : 'skipped', rabbit.missing);
    terminal.say(`databases: ${origins.join('; ')}`);
    if (needs.browser) Object.assign(env, await browser(step, terminal, signal));
    if (withDoors) Object.assign(env, await shop(step, terminal, signal), await startDoors(bed, step, signal));
    for (const share of needs.shares) add(totals, await runJest(jestArgs, { ...env, TEST_SHARE: share }, signal));
  } finally {
    await bed.stop();
  }
  if (totals.failed > 0) terminal.say(`The logs of this run are in ${shown(bed.logDir)}.`);
  return summary(totals, terminal);
}

type Step = (name: string, outcome: Outcome, note?: string) => void;

async function check(task: string, step: Step, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const args = ['run', task, '--continue', '--output-logs=errors-only', '--log-prefix=none', '--no-color'];
  const env = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NO_COLOR: '1' };
  const { code, output } = await run('node_modules/.bin/turbo', args, { env, signal });
  if (code !== 0) terminal.say(output.trim());
  step(task, code === 0 ? 'passed' : 'failed', seconds(started));
}

async function browser(step: Step, terminal: Terminal, signal: AbortSignal): Promise<Record<string, string>> {
  const { PATH = '' } = programEnv();
  const found = await findBrowser({ searchPath: PATH, signal, onProgress: (line) => terminal.say(line) });
  if ('path' in found) return { TEST_CHROMIUM: found.path };
  step('Chromium', isContinuousIntegration() ? 'failed' : 'skipped', found.missing);
  return {};
}

/** The doors run without it, and what looks at it is left out. */
async function shop(step: Step, terminal: Terminal, signal: AbortSignal): Promise<Record<string, string>> {
  try {
    await buildShop({ terminal, signal });
    return { TEST_SHOP: 'built' };
  } catch (error) {
    signal.throwIfAborted();
    step('build of the shop', 'failed', tell(error));
    return {};
  }
}

async function startDoors(bed: TestBed, step: Step, signal: AbortSignal): Promise<Record<string, string>> {
  const started = Date.now();
  try {
    const { doors, providerUrl } = await bed.startDoors();
    step('start of all front doors', 'passed', seconds(started));
    const known = doors.map((door) => ({ ...door, xray: hasXray(door) }));
    return { TEST_DOORS: JSON.stringify(known), TEST_PROVIDER_URL: providerUrl, TEST_ADMIN_TOKEN: bed.adminToken };
  } catch (error) {
    signal.throwIfAborted();
    step('start of all front doors', 'failed', tell(error));
    return {};
  }
}

function add(totals: Record<Outcome, number>, counts: JestCounts): void {
  for (const outcome of ['passed', 'failed', 'skipped'] as const) totals[outcome] += counts[outcome];
}

function summary({ passed, failed, skipped }: Record<Outcome, number>, terminal: Terminal): number {
  terminal.say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}
