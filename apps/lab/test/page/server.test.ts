import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandFor } from '../../src/page/serve.ts';
import { openBed } from './page-bed.ts';

let bed: Awaited<ReturnType<typeof openBed>>;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());

/** As fetch would not send it: with any path and any headers. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const asked = request(bed.url, { path, headers, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}

describe('the plans', () => {
  it('are told with how long they take', async () => {
    const response = await fetch(`${bed.url}/api/plans`);
    expect(await response.json()).toMatchObject({
      plans: [
        { name: 'quick', blocks: 2, expectedMs: 240_000, expectedMsOfBlock: 60_000, isQuick: false },
        { name: 'crash' },
        { name: 'refuse' },
        { name: 'deaf' },
      ],
      stores: [{ name: 'monolith', url: 'http://localhost:8080' }],
    });
  });
});

describe('a start', () => {
  it.each([
    [{ plan: 'fast' }, '#/plan', 'There is no plan called "fast": there are quick, crash, refuse, deaf.'],
    [{ plan: 'toString' }, '#/plan', 'There is no plan called "toString": there are quick, crash, refuse, deaf.'],
    [{}, '#/plan', 'is missing'],
    [{ plan: 'quick', blocks: 0 }, '#/blocks', 'must be at least 1'],
    [{ plan: 'quick', blocks: '2' }, '#/blocks', 'must be a number'],
    [{ plan: 'quick', contenders: [] }, '#/contenders', 'A run needs at least one contender.'],
    [
      { plan: 'quick', contenders: ['monolith', '--out=/'] },
      '#/contenders',
      '"--out=/" takes no part in the plan quick: monolith, orchestrated do.',
    ],
    [
      { plan: 'quick', seed: '--out' },
      '#/seed',
      'must be 1 to 64 letters, digits, dots, underscores and hyphens, and begin with a letter or digit',
    ],
  ])('that asks for %j is refused with the reason', async (body, pointer, detail) => {
    const response = await bed.start(body);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ type: '/problems/validation', errors: [{ pointer, detail }] });
    expect(bed.asked).toEqual([]);
  });

  it('becomes a command line', () => {
    const { command, args } = commandFor({ plan: 'quick', blocks: 2, contenders: ['a', 'b', 'a'], seed: 's' });
    expect(command).toBe(process.execPath);
    expect(args.slice(1)).toEqual(['run', 'quick', '--progress-json', '--blocks', '2', '--contenders', 'a,b', '--seed', 's']); // prettier-ignore
    expect(commandFor({ plan: 'quick' }).args.slice(1)).toEqual(['run', 'quick', '--progress-json']);
  });
});

describe('another web page', () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ plan: 'quick' });

  it.each([
    ['by its origin', { origin: 'https://evil.example' }],
    ['by the origin of a sandbox', { origin: 'null' }],
    ['by another port of this machine', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' }],
    ['by what the browser says of it', { 'sec-fetch-site': 'cross-site' }],
    ['by a name bound to 127.0.0.1', { host: 'evil.example', origin: 'http://evil.example' }],
  ])('cannot start or stop a run: known %s', async (_, headers) => {
    for (const answer of [
      await raw('/api/runs', { ...json, ...headers }, 'POST', body),
      await raw('/api/runs/current', headers, 'DELETE'),
    ]) {
      expect([answer.status, JSON.parse(answer.body)]).toEqual([403, expect.objectContaining({ status: 403 })]);
    }
    expect(bed.asked).toEqual([]);
  });

  it('cannot read reports or plans under a name of its own', async () => {
    expect((await raw('/api/reports', { host: 'evil.example:8090' })).status).toBe(403);
    expect((await raw('/reports/x/report.html', { host: 'evil.example:8090' })).status).toBe(403);
  });

  it('is not the page itself, nor a program on this machine', async () => {
    const host = new URL(bed.url).host;
    const ours = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    expect((await raw('/api/runs/current', ours, 'DELETE')).status).toBe(404);
    expect((await raw('/api/runs/current', { host: 'localhost:8090' }, 'DELETE')).status).toBe(404);
    expect((await raw('/api/plans', { host: '[::1]:8090' })).status).toBe(200);
  });
});

describe('reports', () => {
  beforeAll(() => {
    const [old, late] = ['2026-01-02T03-04-05-compare', '2026-02-03T04-05-06-quick'].map((name) =>
      join(bed.resultsDir, name),
    );
    for (const folder of [old!, late!, join(bed.resultsDir, 'empty'), join(bed.resultsDir, '.hidden')])
      mkdirSync(folder);
    const plan = { name: 'quick', title: 'A "first" look' };
    writeFileSync(join(late!, 'results.json'), JSON.stringify({ plan, startedAt: '2026-02-03T04:05:06.000Z', partial: true }, null, 2)); // prettier-ignore
    writeFileSync(
      join(late!, 'report.md'),
      '## A first look\n\n### Verdicts\n\n**Time**\n\n- p99: no\\_difference.\n\n**Scaling**\n\n- This run did not ask.\n\n**Cost**\n\n- **CPU: more.**\n\n### Method\n\n- no\n',
    );
    writeFileSync(join(late!, 'report.html'), '<!doctype html><script>1</script>');
    writeFileSync(join(late!, 'secret.txt'), 'secret');
    writeFileSync(join(old!, 'results.json'), 'not JSON at all');
    writeFileSync(join(bed.resultsDir, '.hidden', 'report.md'), 'hidden');
    writeFileSync(join(bed.resultsDir, 'report.md'), 'outside of any folder');
    symlinkSync('/etc', join(bed.resultsDir, 'link'));
  });

  it('are listed newest first, with what they begin with', async () => {
    const { reports } = (await (await fetch(`${bed.url}/api/reports`)).json()) as { reports: unknown[] };
    expect(reports).toEqual([
      {
        folder: '2026-02-03T04-05-06-quick',
        plan: 'quick',
        title: 'A "first" look',
        startedAt: '2026-02-03T04:05:06.000Z',
        partial: true,
        verdicts: ['CPU: more.', 'p99: no_difference.'],
        files: ['report.html', 'report.md', 'results.json'],
      },
      { folder: '2026-01-02T03-04-05-compare', plan: 'compare', verdicts: [], files: ['results.json'] },
    ]);
  });

  it('are shown with what they need and may do nothing else', async () => {
    const html = await raw('/reports/2026-02-03T04-05-06-quick/report.html');
    expect(html).toMatchObject({ status: 200, body: '<!doctype html><script>1</script>' });
    expect(html.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(html.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'unsafe-inline'; /);
    const json = await raw('/reports/2026-02-03T04-05-06-quick/results.json');
    expect(json.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    '/reports/2026-02-03T04-05-06-quick/secret.txt',
    '/reports/2026-02-03T04-05-06-quick/',
    '/reports/2026-02-03T04-05-06-quick/report.html/',
    '/reports/2026-01-02T03-04-05-compare/report.html',
    '/reports/../package.json',
    '/reports/./report.md',
    '/reports/%2e/report.md',
    '/reports/..%2f..%2f/report.md',
    '/reports/2026-02-03T04-05-06-quick%2f..%2f.hidden/report.md',
    '/reports/2026-02-03T04-05-06-quick/..%2f..%2fetc%2fpasswd',
    '/reports/.hidden/report.md',
    '/reports/link/passwd',
    '/reports/empty%00/report.md',
    '/static/..%2fserver.ts',
    '/static/toString',
  ])('do not lead to %s', async (path) => {
    const { status, body } = await raw(path);
    expect([status, JSON.parse(body)]).toEqual([404, expect.objectContaining({ type: '/problems/not-found' })]);
  });
});

describe('the page', () => {
  it('and its parts may load nothing from elsewhere and run nothing inline', async () => {
    const { status, headers, body } = await raw('/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
    const parts = [...body.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)].map(([, path]) => path!);
    expect(parts.length).toBeGreaterThan(1);
    for (const path of [...parts, '/static/uplot.js']) expect([path, (await raw(path)).status]).toEqual([path, 200]);
  });

  it('says whether it is ready, and knows no other methods', async () => {
    expect((await raw('/readyz')).status).toBe(200);
    expect((await raw('/api/runs', {}, 'PUT')).status).toBe(405);
  });
});
