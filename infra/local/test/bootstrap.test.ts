import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { root } from '../src/paths.ts';

let clone: string;
let started: ChildProcess | undefined;
let said: string;

const at = (...parts: string[]) => join(clone, ...parts);
const write = (path: string, text: string) => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const lock = '.twinstore/install.lock';

/** What `npm ci` does in this clone. */
function npm(script: string): void {
  write('bin/npm', `#!/bin/sh\necho $$ >> ${at('npm-runs')}\n${script}\n`);
  chmodSync(at('bin/npm'), 0o755);
}
const npmRuns = () => (existsSync(at('npm-runs')) ? readFileSync(at('npm-runs'), 'utf8').trim().split('\n') : []);

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'twinstore-bootstrap-'));
  said = '';
  mkdirSync(at('infra', 'local'), { recursive: true });
  cpSync(join(root, 'infra', 'local', 'bootstrap.mjs'), at('infra', 'local', 'bootstrap.mjs'));
  write('package.json', '{"workspaces":[]}');
  write('package-lock.json', '{"packages":{}}');
  write('infra/local/src/cli.ts', `console.log('the command runs');`);
  npm(`mkdir -p ${at('node_modules')}`);
});
afterEach(() => {
  started?.kill('SIGKILL');
  rmSync(clone, { recursive: true, force: true });
});

/** Runs it by a shell that may do something before: `exec` keeps the shell's process id. */
function bootstrap(before = 'true'): ChildProcess {
  const command = `${before}; exec '${process.execPath}' infra/local/bootstrap.mjs test`;
  const env = { PATH: `${at('bin')}:${process.env['PATH']}` };
  started = spawn('/bin/sh', ['-c', command], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
  return started;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !isSo(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`it did not come about: ${said}`);
  }
}

function isAlive(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

describe('what runs before anything is installed', () => {
  it('installs once, and then runs the command', async () => {
    expect(await once(bootstrap(), 'close')).toEqual([0, null]);
    expect(said).toMatch(/^Installing packages .*the command runs\n$/s);
    await once(bootstrap(), 'close');
    expect([npmRuns().length, existsSync(at(lock))]).toEqual([1, false]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends npm on %s, and leaves no lock', async (signal, code) => {
    npm('sleep 60 & echo $! >> npm-runs; wait');
    const bootstrapping = bootstrap();
    await until(() => npmRuns().length === 2);
    bootstrapping.kill(signal);
    expect(await once(bootstrapping, 'close')).toEqual([code, null]);
    expect(existsSync(at(lock))).toBe(false);
    await until(() => !npmRuns().some(isAlive));
  });

  it.each([
    ['has the process id of this one', `echo $$ > ${lock}`],
    ['is of a process that is gone', `echo 4194305 > ${lock}`],
    ['names nobody for long', `: > ${lock}; touch -d '1 minute ago' ${lock}`],
  ])('takes no heed of a lock that %s', async (_, before) => {
    mkdirSync(at('.twinstore'));
    expect(await once(bootstrap(before), 'close')).toEqual([0, null]);
    expect([npmRuns().length, existsSync(at(lock))]).toEqual([1, false]);
  });

  it('waits for another command that installs, and says so once', async () => {
    write(lock, String(process.pid));
    const bootstrapping = bootstrap();
    await until(() => said.includes('Waiting'));
    await sleep(600);
    expect(said).toBe(
      `Another command (process ${process.pid}) installs the packages; if it does not, delete ${lock}. Waiting ...\n`,
    );
    expect(npmRuns()).toEqual([]);
    rmSync(at(lock));
    expect(await once(bootstrapping, 'close')).toEqual([0, null]);
    expect(npmRuns()).toHaveLength(1);
  });
});
