import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../src/plans/plan.ts';
import type { Message } from '../../src/page/feed.ts';
import type { Command } from '../../src/page/child.ts';
import { openRuns, type Run, type RunRequest, type RunState } from '../../src/page/runs.ts';
import { openPage } from '../../src/page/server.ts';

const plan = (name: string): Plan => ({
  name,
  title: 'A first look',
  question: 'Who is faster?',
  claims: ['C1'],
  contenders: ['monolith', 'orchestrated'],
  stages: [{ name: 'first look', blocks: 2, phases: () => [{ kind: 'warm-up', rate: 8, seconds: 2 }] }],
});

/** A lab page whose runs are carried out by `fake-runner.mjs`: the plan's name says how it behaves. */
export async function openBed(options: { tickMs?: number; stopGraceMs?: number; closeGraceMs?: number } = {}) {
  const resultsDir = mkdtempSync(join(tmpdir(), 'twinstore-page-'));
  const asked: RunRequest[] = [];
  const commandFor = (request: RunRequest): Command => {
    asked.push(request);
    const args = [join(import.meta.dirname, 'fake-runner.mjs'), request.plan, resultsDir, String(options.tickMs ?? 4)];
    return { command: process.execPath, args };
  };
  const runs = openRuns({ commandFor, resultsDir, ...options });
  const plans = Object.fromEntries(['quick', 'crash', 'refuse', 'deaf'].map((name) => [name, plan(name)]));
  const stores = [{ name: 'monolith', url: 'http://localhost:8080' }];
  const expectedMs = ({ stages }: Plan, contenders: readonly string[] = ['a', 'b']) =>
    60_000 * contenders.length * stages.reduce((sum, { blocks }) => sum + blocks, 0);
  const page = await openPage(
    { port: 0, host: '127.0.0.1' },
    { plans, expectedMs, stores, runs, resultsDir, messageGapMs: 20 },
    'silent',
  );
  const url = `http://127.0.0.1:${page.port}`;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= page.close());
  return {
    url,
    resultsDir,
    asked,
    close,
    /** Removes all traces, too. */
    async end() {
      await close();
      rmSync(resultsDir, { recursive: true, force: true });
    },
    start: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${url}/api/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close', ...headers },
        body: JSON.stringify(body),
      }),
    stop: (headers: Record<string, string> = {}) =>
      fetch(`${url}/api/runs/current`, { method: 'DELETE', headers: { connection: 'close', ...headers } }),
    state: async () =>
      (await (await fetch(`${url}/api/runs/current`, { headers: { connection: 'close' } })).json()) as RunState,
    /** The last state of the present run, once that has ended. */
    async ending(): Promise<Run> {
      for (;;) {
        const { run } = await watch(url, ({ run: { status } }) => status === 'ended').then((all) => all.at(-1)!);
        if (run.status === 'ended') return run;
      }
    },
  };
}

/** Every message of the stream up to the one that `isLast` says yes to, or until the server ends the stream. */
export async function watch(
  url: string,
  isLast: (message: Message) => boolean,
  headers: Record<string, string> = {},
): Promise<(Message & { readonly id: string })[]> {
  // Not fetch: its connection would outlive the stream and keep the server open.
  const request = get(`${url}/api/runs/current/events`, { agent: false, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const messages: (Message & { readonly id: string })[] = [];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const [, id, data] = /^event: progress\nid: (.+)\ndata: (.+)$/.exec(block) ?? [];
      if (id === undefined || data === undefined) continue;
      messages.push({ id, ...(JSON.parse(data) as Message) });
      if (!isLast(messages.at(-1)!)) continue;
      request.destroy();
      return messages;
    }
  }
  return messages;
}
