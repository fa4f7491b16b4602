import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from './until.ts';

let parent: ChildProcess | undefined;
afterEach(() => void parent?.kill('SIGKILL'));

describe('a cluster that is told to close', () => {
  it('ends, although none of its workers is alive, and starts no other', async () => {
    let said = '';
    parent = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'clustered.ts')]);
    parent.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const started = () => said.match(/a worker began/g)?.length ?? 0;
    // By now the pauses are some seconds long: all workers are dead, and the next one is a while away.
    await until(() => said.includes('"deaths":6'));
    const ended = once(parent, 'close');
    parent.kill('SIGTERM');
    expect([await ended, started()]).toEqual([[0, null], 6]);
  });
});
