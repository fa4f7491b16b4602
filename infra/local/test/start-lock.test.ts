import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isStarted, takeStartLock } from '../src/start-lock.ts';

describe('the lock of npm start', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'twinstore-lock-'));
    path = join(folder, 'start.sock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a second start in the same clone until the first is over', async () => {
    const unlock = await takeStartLock(path);
    expect(await isStarted(path)).toBe(true);
    await expect(takeStartLock(path)).rejects.toThrow('`npm start` runs in this clone already');
    unlock();
    expect(await isStarted(path)).toBe(false);
    (await takeStartLock(path))();
  });

  it('is gone with a holder that was killed', async () => {
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('held'))`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    expect(await isStarted(path)).toBe(true);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(path)).toBe(true);
    (await takeStartLock(path))();
  });
});
