import { trialCharts } from './charts.js';
import { byId, clock, duration, figure, h } from './dom.js';
import { progressOf } from './state.js';

/** @typedef {import('./state.js').View} View */

const MOST_LINES = 300;
const MOST_VERDICTS = 8;
/** So many colors for contenders stand in run.css. */
const COLORS = 8;

/**
 * @param {string} name
 * @param {View} view
 * @returns {HTMLElement} the contender's name in its color, which it has by its place in the run, as in the report
 */
const contenderTag = (name, { rows }) =>
  h('span', { class: 'contender', 'data-color': rows.findIndex(({ contender }) => contender === name) % COLORS }, name);

/** @type {Record<string, { text: string, tone: string }>} */
const states = {
  running: { text: 'Running', tone: 'live' },
  stopping: { text: 'Stopping', tone: 'warn' },
  finished: { text: 'Finished', tone: 'good' },
  failed: { text: 'Finished, with a failed trial', tone: 'bad' },
  stopped: { text: 'Stopped', tone: 'warn' },
  refused: { text: 'Could not be started', tone: 'bad' },
  killed: { text: 'Ended by force', tone: 'bad' },
  crashed: { text: 'Crashed', tone: 'bad' },
};

/**
 * The panel of the present run.
 * @param {{ onStop: () => void }} acts
 */
export function runView({ onStop }) {
  const root = byId('run');
  const title = h('h2', { id: 'run-title', tabindex: -1 });
  const pill = h('span', { class: 'pill' });
  const stop = h('button', { type: 'button', class: 'danger', click: onStop }, 'Stop…');
  const what = h('p', { class: 'faint' });
  const bar = h('progress', { max: 1, 'aria-label': 'Progress of the run' });
  const how = h('p', { class: 'how' });
  const result = h('div', { class: 'result' });
  const now = h('p', { class: 'now' });
  const charts = trialCharts();
  const live = h('div', { class: 'live' }, now, charts.element);
  const board = h('tbody');
  const table = scoreboard(board);
  const log = h('ol', { class: 'log', tabindex: 0, 'aria-label': 'What has happened' });
  const logBox = h('details', { class: 'log-box', open: true }, h('summary', {}, 'Log'), log);
  root.append(h('div', { class: 'run-head' }, title, pill, stop), what, bar, how, result, live, table, logBox);
  let runId = '';
  let lines = 0;

  return {
    focus: () => title.focus(),
    /**
     * @param {View} view
     * @param {number} labNow  ms since 1970, by the lab's clock
     */
    show(view, labNow) {
      const { run, planned } = view;
      root.hidden = run.status === 'idle';
      if (run.status === 'idle') return;
      if (run.id !== runId) {
        log.replaceChildren();
        [runId, lines] = [run.id, 0];
      }
      const isOver = run.status === 'ended';
      const state = states[isOver ? (run.outcome ?? 'crashed') : run.status];
      title.textContent = planned?.plan.title ?? run.plan;
      pill.textContent = state?.text ?? run.status;
      pill.dataset['tone'] = state?.tone ?? 'warn';
      stop.hidden = isOver;
      stop.disabled = run.status === 'stopping';
      what.textContent = planned?.plan.question ?? (isOver ? '' : 'Preparing the run…');
      const { share, leftMs } = progressOf(view, labNow);
      bar.value = share;
      bar.hidden = isOver;
      how.replaceChildren(sentenceOf(view, leftMs));
      result.replaceChildren(...(isOver ? resultOf(view) : []));
      live.hidden = isOver;
      if (!isOver) {
        now.replaceChildren(...nowOf(view));
        charts.show(view);
      }
      board.replaceChildren(...view.rows.map((row) => boardRow(row, view)));
      table.hidden = view.rows.length === 0;
      logBox.hidden = view.log.length === 0;
      for (const line of view.log.slice(lines)) {
        log.prepend(h('li', { class: line.isBad ? 'bad' : '' }, h('time', {}, clock(line.at)), line.text));
      }
      lines = view.log.length;
      while (log.children.length > MOST_LINES) log.lastElementChild?.remove();
    },
  };
}

/**
 * @param {View} view
 * @param {number | undefined} leftMs
 */
export function sentenceOf({ run, planned, trial, trialsDone }, leftMs) {
  if (run.status === 'idle') return '';
  if (run.status === 'stopping') return 'Stopping: the trial under way is given up, and the report is being written.';
  const trials = planned ? `${trialsDone} of ${planned.trials} trials` : '';
  if (run.status === 'ended') return trials && `${trials} in ${tookOf(run)}, from ${clock(run.startedAt)}.`;
  if (!planned) return 'Finding databases and a broker…';
  const left = leftMs === undefined || leftMs < 1000 ? 'nearly done' : `about ${duration(leftMs)} left`;
  return `Trial ${trial?.number ?? 1} of ${planned.trials} · ${left}`;
}

/** @param {import('../runs.ts').Run} run */
const tookOf = ({ startedAt, endedAt = startedAt }) => duration(Date.parse(endedAt) - Date.parse(startedAt));

/** @param {View} view */
function nowOf(view) {
  const { trial, phase, seconds, phaseStarts } = view;
  if (!trial) return ['The first contender is about to be started.'];
  const where = ` · ${trial.stage}, block ${trial.block}`;
  const name = contenderTag(trial.contender, view);
  if (!phase) return [name, where, seconds.length === 0 ? ' · starting afresh…' : ' · audit and shutdown…'];
  const second = seconds.length - (phaseStarts.at(-1) ?? 0);
  const rate = `${figure(phase.rate)} sessions/s`;
  const of = Math.ceil(phase.seconds);
  return [name, where, ` · ${phase.name} at ${rate}`, second > 0 ? ` · second ${Math.min(second, of)} of ${of}` : ''];
}

/** @param {View} view */
function resultOf({ run, done }) {
  if (run.status !== 'ended') return [];
  const parts = [];
  if (run.lastWords) {
    parts.push(h('p', {}, run.outcome === 'refused' ? 'The lab says:' : 'The last words of the run:'));
    parts.push(h('pre', {}, run.lastWords));
  }
  if (done?.partial) {
    parts.push(h('p', { class: 'faint' }, 'Not all trials have been carried out: the report holds what finished.'));
  }
  if (done && done.verdicts.length > 0) {
    const shown = done.verdicts.slice(0, MOST_VERDICTS).map((verdict) => h('li', {}, verdict));
    const more = done.verdicts.length - shown.length;
    parts.push(
      h('ul', { class: 'verdicts' }, ...shown, more > 0 && h('li', { class: 'faint' }, `${more} more in the report`)),
    );
  }
  if (run.folder) {
    const file = (/** @type {string} */ name) => `/reports/${run.folder}/${name}`;
    parts.push(
      h(
        'p',
        { class: 'buttons' },
        h('a', { class: 'button primary', href: file('report.html') }, 'Open the report'),
        h('a', { href: file('report.md') }, 'Markdown'),
        h('a', { href: file('results.json') }, 'JSON'),
      ),
    );
  } else if (!run.lastWords) parts.push(h('p', {}, 'It left no report.'));
  return parts;
}

/** @param {HTMLElement} body */
const scoreboard = (body) =>
  h(
    'table',
    { class: 'board' },
    h('caption', {}, 'Contenders'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['Contender', 'Trials', 'Last measured', 'Answers/s', 'p99', 'CPU per order'].map((name) =>
          h('th', { scope: 'col' }, name),
        ),
      ),
    ),
    body,
  );

/**
 * @param {import('./state.js').Row} row
 * @param {View} view
 */
function boardRow({ contender, trials, failed, last, keptRate }, view) {
  const { run, trial } = view;
  const isNow = run.status !== 'ended' && trial?.contender === contender;
  const status = last && (last.kept === false ? 'objective missed' : last.status);
  const tone = last?.status !== 'ok' ? 'bad' : last.kept === false ? 'warn' : 'good';
  const what = last ? `${last.name}, ${figure(last.rate)} sessions/s ` : 'nothing yet';
  return h(
    'tr',
    isNow ? { class: 'is-now', 'aria-current': 'true' } : {},
    h('th', { scope: 'row' }, contenderTag(contender, view)),
    cell('Trials', `${trials}${failed > 0 ? `, ${failed} failed` : ''}`),
    h(
      'td',
      { 'data-label': 'Last measured' },
      what,
      last && h('span', { class: 'pill small', 'data-tone': tone, title: last.reason }, status ?? ''),
      keptRate !== undefined && h('span', { class: 'faint' }, ` kept up to ${figure(keptRate)}/s`),
    ),
    cell('Answers/s', figure(last?.answersPerSecond)),
    cell('p99', figure(last?.p99, 'ms')),
    cell('CPU per order', figure(last?.cpuMsPerOrder, 'ms')),
  );
}

/**
 * @param {string} label  shown beside the value where there is no room for columns
 * @param {string} text
 */
const cell = (label, text) => h('td', { 'data-label': label }, text);
