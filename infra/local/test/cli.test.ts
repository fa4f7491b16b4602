import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../src/paths.ts';

/** Runs a command as a person would, with only these settings. */
async function twinstore(words: string[], settings: Record<string, string> = {}) {
  const cli = spawn(process.execPath, [join(root, 'infra', 'local', 'src', 'cli.ts'), ...words], {
    env: { PATH: process.env.PATH!, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [cli.stdout, cli.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(cli, 'close')) as [number];
  return { code, output };
}

describe('a command', () => {
  it('that does not exist names those that do', async () => {
    const { code, output } = await twinstore(['stat']);
    expect(code).toBe(1);
    expect(output).toMatch(/^There is no command "stat": use one of start, test, .*reset\.\n$/);
  });

  it('with a wrong setting says so in one sentence', async () => {
    for (const command of ['start', 'test', 'reset']) {
      expect(await twinstore([command], { MONOLITH_PORT: 'http' })).toEqual({
        code: 1,
        output: 'MONOLITH_PORT must be a whole number from 1 to 65535, got "http".\n',
      });
    }
  });

  it('that checks a store asks for its address', async () => {
    const { code, output } = await twinstore(['conformance']);
    expect([code, output]).toEqual([
      1,
      'Which store? Give its address: npm run conformance -- http://localhost:8080\n',
    ]);
  });

  it('that checks a store says when none is there', async () => {
    const { code, output } = await twinstore(['conformance', 'http://127.0.0.1:1/']);
    expect(code).toBe(1);
    expect(output).toMatch(/^No store answers at http:\/\/127\.0\.0\.1:1 \(GET \/readyz\)/);
  });
});
