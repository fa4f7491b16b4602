import { byId, dateAndTime, h } from './dom.js';

/** @typedef {import('../reports.ts').Report} Report */

const labels = { 'report.html': 'Report', 'report.md': 'Markdown', 'results.json': 'JSON' };

/** @param {Report[]} reports */
export function showReports(reports) {
  byId('report-list').replaceChildren(
    reports.length === 0
      ? h('p', { class: 'faint' }, 'No run has finished yet. Its report will stand here.')
      : h('ul', { class: 'reports' }, ...reports.map(reportItem)),
  );
}

/** @param {string} why */
export function showReportsFault(why) {
  byId('report-list').replaceChildren(h('p', { class: 'notice bad' }, `The reports could not be listed. ${why}`));
}

/** @param {Report} report */
function reportItem({ folder, plan, title, startedAt, partial, verdicts, files }) {
  const link = (/** @type {keyof typeof labels} */ file, /** @type {string} */ text) =>
    files.includes(file) && h('a', { href: `/reports/${folder}/${file}` }, text);
  return h(
    'li',
    {},
    h(
      'div',
      { class: 'report-head' },
      link('report.html', title ?? plan) || h('b', {}, title ?? plan),
      title !== undefined && h('code', { class: 'faint' }, plan),
      partial === true && h('span', { class: 'pill small', 'data-tone': 'warn' }, 'partial'),
      h('span', { class: 'faint' }, startedAt ? dateAndTime(startedAt) : folder),
      h(
        'span',
        { class: 'links' },
        link('report.md', labels['report.md']),
        link('results.json', labels['results.json']),
      ),
    ),
    verdicts.length > 0 && h('ul', { class: 'verdicts' }, ...verdicts.map((verdict) => h('li', {}, verdict))),
  );
}
