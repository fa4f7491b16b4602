import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Terminal } from './lines.ts';
import { outsideDir, shown, stateDir } from './paths.ts';
import { Refusal } from './refusal.ts';
import { belongsToLiveRun } from './run-folder.ts';
import { readSettings } from './settings.ts';
import { isStarted } from './start-lock.ts';

/** What a reset leaves: no data, only what saves time. */
const kept = ['compile-cache', 'mongodb-binaries'];

/** `npm run reset`: deletes the data of this clone's private databases. Databases on a server that was given by
 *  POSTGRES_URL, MONGODB_URL or RABBITMQ_URL are left alone, and so is what a test run that goes on has made.
 *  @throws Refusal  while `npm start` runs */
export async function reset(terminal: Terminal): Promise<number> {
  const { POSTGRES_URL, MONGODB_URL, RABBITMQ_URL } = readSettings();
  if (await isStarted()) throw new Refusal('`npm start` runs in this clone: stop it first (Ctrl-C there), then reset.');
  for (const folder of [stateDir, outsideDir]) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (kept.includes(name) || belongsToLiveRun(name)) continue;
      rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
  if (existsSync(outsideDir) && readdirSync(outsideDir).length === 0) rmSync(outsideDir, { recursive: true });
  terminal.say(`Deleted the data in ${shown(stateDir)}: the next npm start begins with a new store.`);
  if (POSTGRES_URL ?? MONGODB_URL ?? RABBITMQ_URL) {
    terminal.say('What is on POSTGRES_URL, MONGODB_URL and RABBITMQ_URL is left as it is.');
  }
  return 0;
}
