import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../src/ports.ts';
import { app, type Proc, statusOf } from '../src/processes.ts';

const logDir = mkdtempSync(join(tmpdir(), 'twinstore-processes-'));
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const started: Proc[] = [];

async function tinyApp(env: Record<string, string> = {}, cgroup?: string): Promise<Proc> {
  const proc = app({ app: 'tiny-app', port: await freePort(), env, main: fixture('app.ts'), logDir, cgroup });
  started.push(proc);
  return proc;
}

afterEach(() => Promise.all(started.map((proc) => proc.kill())));
afterAll(() => rmSync(logDir, { recursive: true, force: true }));

async function gone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 3_000; waited += 50) {
    if (!existsSync(`/proc/${pid}`)) return true;
    await sleep(50);
  }
  return false;
}

describe('a started app', () => {
  it('is ready when its start is over, and gone when its stop is', async () => {
    const proc = await tinyApp();
    await proc.start();
    expect(await statusOf(`${proc.url}/readyz`)).toBe(200);
    await proc.stop();
    expect(proc.pid).toBeUndefined();
    expect(await statusOf(`${proc.url}/readyz`)).toBeUndefined();
  });

  it('sees its own settings and none of those that are ours', async () => {
    process.env.POSTGRES_URL_OF_TEST = 'postgres://admin';
    const proc = await tinyApp({ GREETING: 'hello' });
    await proc.start();
    const { env } = (await (await fetch(proc.url)).json()) as { env: Record<string, string> };
    delete process.env.POSTGRES_URL_OF_TEST;
    expect(env).toMatchObject({ GREETING: 'hello', PARENT_PIPE: '1' });
    expect(env).not.toHaveProperty('POSTGRES_URL_OF_TEST');
  });

  it('is put into its control group before it begins, at each start', async () => {
    // Where there is none, a file will do: what counts is who is written there, and that it then runs all the same.
    const cgroup = join(logDir, 'cgroup.procs');
    const proc = await tinyApp({}, cgroup);
    await proc.start();
    expect(readFileSync(cgroup, 'utf8')).toBe(String(proc.pid));
    await proc.kill();
    await proc.start();
    expect(readFileSync(cgroup, 'utf8')).toBe(String(proc.pid));
    await proc.stop();
    expect(proc.pid).toBeUndefined();
  });

  it('does not run outside a control group that cannot be had', async () => {
    const proc = await tinyApp({}, join(logDir, 'absent', 'cgroup.procs'));
    await expect(proc.start()).rejects.toThrow('cannot be put into its control group');
    expect(await statusOf(`${proc.url}/readyz`)).toBeUndefined();
  });

  it('that cannot start fails in its own words', async () => {
    const proc = await tinyApp({ FAULT: 'must be mended' });
    await expect(proc.start()).rejects.toThrow('tiny-app cannot start, 1 setting is wrong:\n  FAULT  must be mended');
  });

  it('comes back on its port after a kill -9, which is told only when nobody asked for it', async () => {
    const deaths: string[] = [];
    const proc = await tinyApp();
    proc.onDeath((how) => deaths.push(how));
    await proc.start();
    await proc.kill();
    await proc.start();
    process.kill(proc.pid!, 'SIGKILL');
    while (proc.pid !== undefined) await sleep(20);
    await proc.start();
    expect(await statusOf(`${proc.url}/readyz`)).toBe(200);
    expect(deaths).toEqual(['SIGKILL']);
  });

  it('does not outlive a parent that was killed', async () => {
    const port = String(await freePort());
    const parent = spawn(process.execPath, [fixture('parent.ts'), port, logDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    expect(await gone(Number(line.toString()))).toBe(true);
  });

  it('is not left running when its start is called off', async () => {
    const proc = await tinyApp();
    const off = new AbortController();
    const start = proc.start(off.signal);
    off.abort();
    await expect(start).rejects.toThrow(/abort/);
    expect(proc.pid).toBeUndefined();
  });
});
