import { once } from 'node:events';
import { join } from 'node:path';
import { claimPort, readSettings, Refusal, type Settings, stateDir } from '@twinstore/local';
import { expectedMs, plans } from '../plans/index.ts';
import type { Command } from './child.ts';
import { openPage } from './server.ts';
import type { StoreLink } from './routes.ts';
import { openRuns, type RunRequest } from './runs.ts';

/** The lab page (`main.ts serve`), until `signal` is aborted or whoever started us is gone; answers the exit code. A run
 *  that goes on by then is ended too, and leaves its report.
 *  @throws Refusal  the port is taken */
export async function serveLab(signal: AbortSignal, settings: Settings = readSettings()): Promise<number> {
  const { LAB_PORT: port, LAB_ADDRESS: host = '127.0.0.1' } = settings;
  const resultsDir = join(stateDir, 'results');
  const runs = openRuns({ commandFor, resultsDir });
  const parts = { plans, expectedMs, stores: storesIn(settings.LAB_STORES), runs, resultsDir };
  await claimPort(port, 'LAB_PORT');
  const page = await openPage({ port, host }, parts).catch((error: Error) => {
    throw new Refusal(`The lab page cannot listen at ${host}:${port}: ${error.message}.`);
  });
  process.stdout.write(`The lab page is at http://localhost:${page.port}\n`);
  const ends = [once(signal, 'abort')];
  if (settings.PARENT_PIPE === '1') ends.push(once(process.stdin.resume(), 'end'));
  if (!signal.aborted) await Promise.race(ends);
  await page.close();
  if (settings.PARENT_PIPE === '1') process.stdin.destroy();
  return 0;
}

const main = join(import.meta.dirname, '..', 'main.ts');

/** The command line that carries out a run. */
export function commandFor({ plan, blocks, contenders, seed }: RunRequest): Command {
  const args = [main, 'run', plan, '--progress-json'];
  if (blocks !== undefined) args.push('--blocks', String(blocks));
  if (contenders) args.push('--contenders', [...new Set(contenders)].join(','));
  if (seed !== undefined) args.push('--seed', seed);
  return { command: process.execPath, args };
}

/** `NAME=URL`, with blanks between them. */
const storesIn = (text = ''): StoreLink[] =>
  text.split(/\s+/).flatMap((pair) => {
    const [, name, url] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    return name !== undefined && url !== undefined ? [{ name, url }] : [];
  });
