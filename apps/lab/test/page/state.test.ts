import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../src/page/feed.ts';
import type { Run, RunState } from '../../src/page/runs.ts';
import type { Progress } from '../../src/run/progress.ts';

/** What of the browser's view is looked at here. */
interface View {
  readonly run: RunState;
  readonly trial: unknown;
  readonly phase: unknown;
  readonly seconds: readonly unknown[];
  readonly phaseStarts: readonly number[];
  readonly rows: readonly { contender: string; trials: number; failed: number; keptRate: number | undefined }[];
  readonly log: readonly { text: string; isBad: boolean }[];
  readonly trialsDone: number;
}
// The browser's own code, which the compiler looks at in its own folder.
const page = '../../src/page/static/state.js';
const { emptyView, viewAfter, progressOf } = (await import(page)) as {
  emptyView(run: RunState): View;
  viewAfter(view: View, message: Message): View;
  progressOf(view: View, now: number): { share: number; leftMs: number | undefined };
};

const began = Date.parse('2026-01-02T03:00:00.000Z');
const run = (changes: Partial<Run> = {}): Run => ({
  id: 'a',
  status: 'running',
  plan: 'quick',
  startedAt: new Date(began).toISOString(),
  ...changes,
});
const plan = { name: 'quick', title: 'A first look', question: 'Who?', claims: [], isQuick: true };
const contender = 'monolith';
const planned: Progress = { type: 'planned', plan, contenders: [contender, 'direct'], trials: 2, expectedMs: 100_000, notes: ['Quiet, please.'] }; // prettier-ignore
const trial: Progress = { type: 'trial', number: 1, of: 2, contender, stage: 's', block: 1, remainingMs: 90_000 };
const phase = (rate: number): Progress => ({ type: 'phase', contender, name: 'step', rate, seconds: 2 });
const second: Progress = { type: 'second', contender, phase: 'step', rate: 8, second: 1, answered: 9, failed: 0, p50: 1, p99: 2 }; // prettier-ignore
const ended = (rate: number, kept: boolean): Progress => ({ type: 'phase-ended', contender, name: 'step', rate, status: 'ok', reason: '', kept, answersPerSecond: 50, p50: 1, p99: 2, cpuMsPerOrder: undefined }); // prettier-ignore
const trialEnded = (status: 'ok' | 'failed'): Progress => ({ type: 'trial-ended', number: 1, of: 2, contender, status, line: 'over', remainingMs: 45_000 }); // prettier-ignore

const message = (events: Progress[], state: RunState = run()): Message => ({
  now: began,
  run: state,
  events: events.map((progress, index) => ({ at: began + (index + 1) * 1_000, progress })),
});
const idle = emptyView({ id: 'none', status: 'idle' });

describe('what the page shows of a run', () => {
  it('is made of what the run has told', () => {
    const view = viewAfter(idle, message([planned, trial, phase(8), second, second, ended(8, true), phase(16), second, ended(16, false)])); // prettier-ignore
    expect(view.rows).toMatchObject([
      { contender: 'monolith', trials: 0, keptRate: 8 },
      { contender: 'direct', trials: 0, keptRate: undefined },
    ]);
    expect([view.seconds.length, view.phaseStarts]).toEqual([3, [0, 2]]);
    const later = viewAfter(view, message([trialEnded('failed'), trial]));
    expect(later.rows[0]).toMatchObject({ trials: 1, failed: 1 });
    expect(later.log).toMatchObject([
      { text: 'Quiet, please.', isBad: false },
      { text: 'over', isBad: true },
    ]);
    expect([later.seconds, later.phaseStarts, later.phase, later.trialsDone]).toEqual([[], [], undefined, 1]);
  });

  it('is the same whether it came at once or bit by bit', () => {
    const all = [planned, trial, phase(8), second, ended(8, true), trialEnded('ok')];
    const bits = message(all).events.map((event) => ({ now: began, run: run(), events: [event] }));
    expect(bits.reduce(viewAfter, idle)).toEqual(viewAfter(idle, message(all)));
  });

  it('begins anew with another run', () => {
    const old = viewAfter(idle, message([planned, trial]));
    expect(viewAfter(old, message([], run({ id: 'b' })))).toEqual(emptyView(run({ id: 'b' })));
  });

  it('leaves out what a newer lab may tell', () => {
    const unknown = { type: 'weather' } as unknown as Progress;
    expect(viewAfter(idle, message([unknown])).log).toEqual([]);
  });

  it('knows how far the run is by the time it takes', () => {
    const view = viewAfter(idle, message([planned, trial]));
    // 90 s were left 2 s after the beginning.
    expect(progressOf(view, began + 2_000)).toEqual({ share: 2 / 92, leftMs: 90_000 });
    expect(progressOf(view, began + 46_000)).toEqual({ share: 0.5, leftMs: 46_000 });
    expect(progressOf(view, began + 500_000)).toEqual({ share: 1, leftMs: 0 });
    expect(progressOf(idle, began)).toEqual({ share: 0, leftMs: undefined });
  });
});
