/** @typedef {import('../feed.ts').Message} Message */
/** @typedef {import('../runs.ts').RunState} RunState */
/** @typedef {import('../../run/progress.ts').Progress} Progress */
/**
 * @template {Progress['type']} T
 * @typedef {Extract<Progress, { type: T }>} Told
 */

/**
 * What is known of one contender so far.
 * @typedef {object} Row
 * @property {string} contender
 * @property {number} trials  that are over
 * @property {number} failed  of these
 * @property {Told<'phase-ended'> | undefined} last
 * @property {number | undefined} keptRate  highest rate of all its searches that kept the objective, in sessions per second
 */

/**
 * What the page shows of a run, made of what the run has told.
 * @typedef {object} View
 * @property {RunState} run
 * @property {Told<'planned'> | undefined} planned
 * @property {Told<'trial'> | undefined} trial  the present one
 * @property {Told<'phase'> | undefined} phase  the present one
 * @property {Told<'second'>[]} seconds  of the present trial
 * @property {number[]} phaseStarts  indices into `seconds`
 * @property {Row[]} rows
 * @property {{ at: number, text: string, isBad: boolean }[]} log
 * @property {Told<'done'> | undefined} done
 * @property {{ ms: number, at: number } | undefined} remaining  as told, and when, in ms since 1970
 * @property {number} trialsDone
 */

/**
 * @param {RunState} run
 * @returns {View}
 */
export const emptyView = (run) => ({
  run,
  planned: undefined,
  trial: undefined,
  phase: undefined,
  seconds: [],
  phaseStarts: [],
  rows: [],
  log: [],
  done: undefined,
  remaining: undefined,
  trialsDone: 0,
});

/**
 * The view after one more message. Begins anew with each run.
 * @param {View} view
 * @param {Message} message
 * @returns {View}
 */
export function viewAfter(view, { run, events }) {
  const next = run.id === view.run.id ? { ...view, run } : emptyView(run);
  for (const { at, progress } of events) Object.assign(next, changeBy(next, progress, at));
  return next;
}

/**
 * @param {View} view
 * @param {Progress} progress
 * @param {number} at
 * @returns {Partial<View>}
 */
function changeBy(view, progress, at) {
  const logged = (/** @type {string} */ text, isBad = false) => [...view.log, { at, text, isBad }];
  switch (progress.type) {
    case 'planned':
      return {
        planned: progress,
        rows: progress.contenders.map((contender) => rowOf(view, contender)),
        remaining: { ms: progress.expectedMs, at },
        log: [...view.log, ...progress.notes.map((text) => ({ at, text, isBad: false }))],
      };
    case 'trial':
      return {
        trial: progress,
        phase: undefined,
        seconds: [],
        phaseStarts: [],
        remaining: { ms: progress.remainingMs, at },
      };
    case 'phase':
      return { phase: progress, phaseStarts: [...view.phaseStarts, view.seconds.length] };
    case 'second':
      return { seconds: [...view.seconds, progress] };
    case 'phase-ended':
      return {
        rows: withRow(view, progress.contender, (row) => ({
          last: progress,
          keptRate: progress.kept ? Math.max(row.keptRate ?? 0, progress.rate) : row.keptRate,
        })),
      };
    case 'trial-ended':
      return {
        phase: undefined,
        trialsDone: progress.number,
        remaining: { ms: progress.remainingMs, at },
        log: logged(progress.line, progress.status !== 'ok'),
        rows: withRow(view, progress.contender, ({ trials, failed }) => ({
          trials: trials + 1,
          failed: failed + (progress.status === 'ok' ? 0 : 1),
        })),
      };
    case 'note':
      return { log: logged(progress.text) };
    case 'done':
      return { done: progress, phase: undefined };
    default:
      // A newer lab than this page: it says something that nobody here can show.
      return {};
  }
}

/**
 * @param {View} view
 * @param {string} contender
 * @returns {Row}
 */
const rowOf = ({ rows }, contender) =>
  rows.find((row) => row.contender === contender) ?? {
    contender,
    trials: 0,
    failed: 0,
    last: undefined,
    keptRate: undefined,
  };

/**
 * @param {View} view
 * @param {string} contender
 * @param {(row: Row) => Partial<Row>} change
 * @returns {Row[]}
 */
function withRow(view, contender, change) {
  const row = rowOf(view, contender);
  const changed = { ...row, ...change(row) };
  return view.rows.includes(row) ? view.rows.map((one) => (one === row ? changed : one)) : [...view.rows, changed];
}

/**
 * How far the run is, from 0 to 1, and how long it will still take, in ms.
 * @param {View} view
 * @param {number} now  ms since 1970, by the lab's clock
 */
export function progressOf({ run, remaining, done }, now) {
  if (run.status === 'ended' && done && !done.partial) return { share: 1, leftMs: 0 };
  if (!remaining || run.status === 'idle') return { share: 0, leftMs: undefined };
  const until = run.status === 'ended' && run.endedAt ? Date.parse(run.endedAt) : now;
  const leftMs = Math.max(0, remaining.ms - (until - remaining.at));
  const goneMs = Math.max(0, until - Date.parse(run.startedAt));
  return { share: goneMs / Math.max(1, goneMs + leftMs), leftMs };
}
