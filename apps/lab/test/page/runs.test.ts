import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openBed, watch } from './page-bed.ts';

type Bed = Awaited<ReturnType<typeof openBed>>;
let bed: Bed | undefined;
const open = async (options: Parameters<typeof openBed>[0] = {}): Promise<Bed> => (bed = await openBed(options));
afterEach(() => bed?.end());

const typesOf = (messages: Awaited<ReturnType<typeof watch>>) =>
  messages.flatMap(({ events }) => events.map(({ progress }) => progress.type));

/** Whether any process works for this bed: its runner has the bed's folder on its command line. */
const isAnyoneLeft = ({ resultsDir }: Bed): boolean =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0${resultsDir}\0`);
      } catch {
        return false; // it has ended meanwhile
      }
    });

describe('a run', () => {
  it('goes from its start to its report', async () => {
    const { start, ending, url } = await open();
    const response = await start({ plan: 'quick', blocks: 2, contenders: ['monolith'], seed: 'abc' });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ status: 'running', plan: 'quick', blocks: 2, seed: 'abc' });
    const run = await ending();
    expect(run).toMatchObject({ status: 'ended', outcome: 'finished', folder: expect.stringMatching(/-quick$/) });
    expect(run).not.toHaveProperty('lastWords');
    const report = await fetch(`${url}/reports/${run.folder}/report.html`, { headers: { connection: 'close' } });
    expect(await report.text()).toContain('<h1>A first look</h1>');
  });

  it('keeps a second one from starting', async () => {
    const { start, asked } = await open({ tickMs: 50 });
    await start({ plan: 'quick' });
    const second = await start({ plan: 'quick' });
    expect([second.status, second.headers.get('content-type')]).toEqual([409, 'application/problem+json']);
    expect(await second.json()).toMatchObject({
      type: '/problems/run-in-progress',
      detail: expect.stringMatching(/measure each other/),
    });
    expect(asked).toHaveLength(1);
  });

  it('that is stopped ends in good order and leaves a partial report', async () => {
    const { start, stop, ending, url } = await open({ tickMs: 10 });
    await start({ plan: 'quick' });
    await watch(url, ({ events }) => events.some(({ progress }) => progress.type === 'second'));
    const stopped = await stop();
    expect([stopped.status, await stopped.json()]).toEqual([202, expect.objectContaining({ status: 'stopping' })]);
    expect(await ending()).toMatchObject({ outcome: 'stopped', folder: expect.any(String) });
    const told = (await watch(url, () => true))[0]!.events.at(-1)!.progress;
    expect(told).toMatchObject({ type: 'done', partial: true, exitCode: 130 });
  });

  it('that does not stop when asked is killed in the end', async () => {
    const { start, stop, ending, url } = await open({ tickMs: 1000, stopGraceMs: 200 });
    await start({ plan: 'deaf' });
    await watch(url, ({ events }) => events.length > 0);
    await stop();
    expect((await stop()).status).toBe(202); // asking twice does not give it more time
    expect(await ending()).toMatchObject({ outcome: 'killed' });
    expect(isAnyoneLeft(bed!)).toBe(false);
  });

  it('that crashes is shown with its last words, and another can be started', async () => {
    const { start, ending } = await open();
    await start({ plan: 'crash' });
    expect(await ending()).toMatchObject({
      outcome: 'crashed',
      lastWords: expect.stringContaining('Error: the generator fell over'),
    });
    expect((await start({ plan: 'quick' })).status).toBe(201);
    expect(await ending()).toMatchObject({ outcome: 'finished' });
  });

  it('that is refused is shown with the sentence that says why', async () => {
    const { start, ending } = await open();
    await start({ plan: 'refuse' });
    expect(await ending()).toMatchObject({
      outcome: 'refused',
      lastWords: 'No PostgreSQL can be started here: set POSTGRES_URL.',
    });
  });

  it('that is not there cannot be stopped', async () => {
    const { stop, state } = await open();
    expect((await stop()).status).toBe(404);
    expect(await state()).toEqual({ id: 'none', status: 'idle' });
  });
});

describe('who watches', () => {
  it('is told everything from the beginning, also after the end', async () => {
    const { start, ending, url } = await open();
    const early = watch(url, ({ run }) => run.status === 'ended');
    await start({ plan: 'quick' });
    await ending();
    expect(typesOf(await early).filter((type) => type !== 'second')).toEqual([
      'planned',
      ...Array.from({ length: 4 }, () => ['trial', 'phase', 'phase', 'phase-ended', 'trial-ended']).flat(),
      'done',
    ]);
    const late = typesOf(await watch(url, () => true));
    expect(late.filter((type) => type !== 'second')).toEqual(typesOf(await early).filter((type) => type !== 'second'));
    // Of the seconds, those of the last trial.
    expect(late.filter((type) => type === 'second')).toHaveLength(10);
  });

  it('gets what was missed after a lost connection, and all of a newer run', async () => {
    const { start, ending, url } = await open();
    await start({ plan: 'quick' });
    await ending();
    const [whole] = await watch(url, () => true);
    const missed = Number(whole!.id.split('.')[1]) - 2;
    const [rest] = await watch(url, () => true, { 'Last-Event-ID': `${whole!.run.id}.${missed}` });
    expect(rest!.events).toEqual(whole!.events.slice(-2));
    expect(rest!.id).toBe(whole!.id);
    const [other] = await watch(url, () => true, { 'Last-Event-ID': `older.${missed}` });
    expect(other!.events).toEqual(whole!.events);
  });

  it('is told of a run that somebody else starts', async () => {
    const { start, url } = await open({ tickMs: 20 });
    const seen = watch(url, ({ run }) => run.status === 'running');
    await start({ plan: 'quick' });
    expect((await seen).map(({ run }) => run.status)).toEqual(['idle', 'running']);
  });

  it('gets what happens close together in one message', async () => {
    const { start, ending, url } = await open({ tickMs: 1 });
    const messages = watch(url, ({ run }) => run.status === 'ended');
    await start({ plan: 'quick' });
    await ending();
    const times = (await messages).map(({ now }) => now);
    // A timer may be early by the part of a millisecond.
    for (const [index, now] of times.slice(1).entries()) expect(now - times[index]!).toBeGreaterThanOrEqual(19);
    expect(times.length).toBeLessThan(typesOf(await messages).length);
  });
});

describe('at shutdown', () => {
  it('streams end and the run is stopped, with its report written', async () => {
    const { start, close, url } = await open({ tickMs: 1000 });
    await start({ plan: 'quick' });
    const last = watch(url, () => false);
    await watch(url, ({ events }) => events.length > 0);
    await close();
    expect((await last).length).toBeGreaterThan(0);
    expect(isAnyoneLeft(bed!)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('a run that does not stop is killed', async () => {
    const { start, close, url } = await open({ tickMs: 1000, closeGraceMs: 200 });
    await start({ plan: 'deaf' });
    await watch(url, ({ events }) => events.length > 0);
    expect(isAnyoneLeft(bed!)).toBe(true);
    await close();
    expect(isAnyoneLeft(bed!)).toBe(false);
  });
});
