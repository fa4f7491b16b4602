import { ask, byId, duration } from './dom.js';
import { planView, showStores } from './plan-view.js';
import { showReports, showReportsFault } from './report-view.js';
import { runView, sentenceOf } from './run-view.js';
import { emptyView, progressOf, viewAfter } from './state.js';

/** @typedef {import('../feed.ts').Message} Message */

/** After the lab has refused the stream; a lost connection the browser takes up again by itself. */
const RECONNECT_MS = 5_000;

let view = emptyView({ id: 'none', status: 'idle' });
let said = '';
let drawing = 0;
/** What the lab's clock is ahead of ours, in ms. */
let ahead = 0;
let hasStarted = false;

const sentence = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));
const run = runView({ onStop: () => void askToStop() });
const plans = planView({ onStarted: () => (hasStarted = true) });

async function loadPlans() {
  try {
    const found = await ask('/api/plans');
    showStores(found.stores);
    plans.show(found.plans);
  } catch (error) {
    plans.showFault(sentence(error), () => void loadPlans());
  }
}

const loadReports = () =>
  ask('/api/reports').then(
    ({ reports }) => showReports(reports),
    (error) => showReportsFault(sentence(error)),
  );

function follow() {
  const stream = new EventSource('/api/runs/current/events');
  stream.addEventListener('open', () => setOffline(''));
  stream.addEventListener('progress', (event) => hear(JSON.parse(event.data)));
  stream.addEventListener('error', () => {
    setOffline('The lab does not answer at the moment; trying again. What is shown here may be old.');
    if (stream.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, RECONNECT_MS);
  });
}

/** @param {Message} message */
function hear(message) {
  const before = view.run;
  setOffline('');
  ahead = message.now - Date.now();
  view = viewAfter(view, message);
  const hasEnded = view.run.status === 'ended' && (before.status !== 'ended' || before.id !== view.run.id);
  if (hasEnded && before.status !== 'idle') void loadReports();
  // Not drawn while nobody looks: this page shares the machine with what is measured.
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(draw);
}

function draw() {
  const now = Date.now() + ahead;
  run.show(view, now);
  const isIdle = view.run.status === 'idle' || view.run.status === 'ended';
  plans.toggle(isIdle);
  if (hasStarted && !isIdle) {
    hasStarted = false;
    run.focus();
  }
  const { share } = progressOf(view, now);
  document.title = isIdle ? 'Twinstore lab' : `${Math.floor(share * 100)} % · Twinstore lab`;
  announce(now);
}

/** Says to those who listen where the run is, once per trial and not every second. @param {number} now */
function announce(now) {
  const { run: state, trial, done } = view;
  const key = [state.id, state.status, trial?.number].join();
  if (key === said || state.status === 'idle') return;
  said = key;
  const { leftMs } = progressOf(view, now);
  const text =
    state.status === 'ended'
      ? ['The run is over.', ...(done?.verdicts ?? [])].join(' ')
      : [sentenceOf(view, leftMs), trial?.contender].filter(Boolean).join(': ');
  byId('announce').textContent = text;
}

async function askToStop() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('stop-dialog'));
  const { leftMs } = progressOf(view, Date.now() + ahead);
  const rest = leftMs === undefined || leftMs < 1000 ? '' : ` It would take about ${duration(leftMs)} more.`;
  byId('stop-text').textContent =
    `The trial under way is given up. The run leaves a report of what finished (${view.trialsDone} of ${view.planned?.trials ?? '?'} trials), marked as partial.${rest}`;
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  if (dialog.returnValue !== 'yes') return;
  await ask('/api/runs/current', { method: 'DELETE' }).catch((error) => setOffline(sentence(error)));
}

/** @param {string} why  nothing: all is well */
function setOffline(why) {
  const notice = byId('offline');
  notice.hidden = why === '';
  notice.textContent = why;
}

follow();
void loadPlans();
void loadReports();
