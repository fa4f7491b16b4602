import { duration } from '../../run/schedule.ts';
import { coreList } from '../../machine/cores.ts';
import type { Climb } from '../../plans/plan.ts';
import type { Results } from '../../run/model.ts';
import { dataTable } from '../data-table.ts';
import { markup, type Markup, type Part } from '../markup.ts';
import { counted, fixed, rateText, timeText } from '../numbers.ts';
import { serversOf } from '../../analysis/played.ts';
import { repeatCommand } from '../repeat.ts';
import { threatsOf } from '../threats.ts';
import type { PageData, Section } from './page-data.ts';

/** How it was measured, on what, and how to do it again. */
export function methodSection({ results }: PageData): Section {
  const { method, manifest, cores, settings, startedAt, endedAt, plan } = results;
  const took = Date.parse(endedAt) - Date.parse(startedAt);
  return {
    id: 'method',
    title: 'Method and machine',
    content: markup`
<h3>To repeat it</h3>
<pre><code>${repeatCommand(results)}</code></pre>
<p>The seed decides every arrival, every choice of a shopper and the order of the trials; it cannot decide how busy a machine is.</p>
<h3>Machine</h3>
${list([
  ['CPU', `${manifest.cpu}, ${manifest.cores} cores`],
  ['Memory', `${fixed(manifest.memoryBytes / 2 ** 30, 1)} GiB`],
  ['System', [manifest.system, manifest.distribution].filter(Boolean).join(', ')],
  ['Inside', manifest.inside ?? ''],
  ['CPU frequency', manifest.frequency ?? ''],
  ['CPU limit', manifest.cpuLimit === undefined ? '' : counted(manifest.cpuLimit, 'core')],
  ['Load before', manifest.loadAverage === undefined ? '' : `${fixed(manifest.loadAverage, 2)}, of the last minute`],
  ['Node', manifest.node],
  [
    'Libraries',
    Object.entries(manifest.libraries)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ],
  ['Lockfile', manifest.lock ? `SHA-256 ${manifest.lock}…` : ''],
  ['Servers', serversOf(results)],
  ['Commit', manifest.commit ?? 'unknown'],
  ['Cores', cores.sentence],
  ['Generator', `core ${coreList(cores.generator)}`],
  ['Contender', `core ${coreList(cores.contender)}${cores.pinned ? '' : ', not pinned'}`],
])}
<h3>Settings</h3>
${list([
  ['Plan', `${plan.name}: ${plan.title}`],
  ['Contenders', settings.contenders.join(', ')],
  ['Seed', settings.seed],
  ['Blocks', settings.blocks === undefined ? 'as the plan says' : String(settings.blocks)],
  ['CPU budget', settings.budget],
  ['Carts', settings.carts],
  [
    'Stores',
    settings.stores.length === 0
      ? 'started afresh for each trial'
      : settings.stores.map(({ name, url }) => `${name} at ${url}`).join(', '),
  ],
  ['Began', timeText(startedAt)],
  ['Ended', `${timeText(endedAt)}${took > 0 ? `, after ${duration(took)}` : ''}`],
])}
<h3>Phases</h3>
${phaseTable(results)}
<h3>Method</h3>
${described(method)}
<p>Raw data, with the HdrHistogram of every phase: <a href="results.json">results.json</a>, beside this file.</p>`,
  };
}

/** What happened to every contender, from its start to its audit. */
const phaseTable = ({ stages }: Results): Markup =>
  dataTable(
    undefined,
    ['stage', 'blocks', 'phase', 'sessions/s', 'window, s', 'provider', 'search'],
    stages.flatMap(({ name, blocks, phases }) =>
      phases.map((phase) => [
        name,
        blocks,
        phase.kind === 'fixed' ? phase.name : phase.kind,
        rateText(phase.kind === 'climb' ? phase.from : phase.rate),
        phase.seconds,
        phase.kind === 'fixed' && phase.provider ? JSON.stringify(phase.provider) : '',
        phase.kind === 'climb' ? searchText(phase) : '',
      ]),
    ),
    { texts: [2, 5, 6] },
  );

const searchText = ({ factor, halvings, mostSteps, tries = 2 }: Climb): string =>
  `×${factor}, ${counted(mostSteps, 'step')} upward at most, ${tries === 1 ? 'one try' : 'two tries'} each, then ${halvings} times the middle`;

/** What may make all of the above wrong. */
export const threatSection = ({ results, analysis }: PageData): Section => ({
  id: 'threats',
  title: 'Threats to validity',
  content: markup`
<p>Reasons why another measurement may come to other results, or why these may not mean what they seem to.</p>
${list(threatsOf(results, analysis).map(({ title, text }) => [title, text]))}`,
});

const list = (entries: readonly (readonly [string, Part])[]): Markup =>
  markup`<dl>${entries.filter(([, text]) => text !== '').map(([term, text]) => markup`<dt>${term}</dt><dd>${text}</dd>\n`)}</dl>`;

/** Names as they stand in the code, in words: `timeToAccepted` is `time to accepted`. */
const inWords = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/\bcpu\b/, 'CPU')
    .replace(/\bzipf\b/, 'Zipf');

/** Fits in two lines. */
const SHORT = 140;

/** Any part of the method: a text, a number, or more of the kind by name. */
function described(value: unknown): Markup {
  if (typeof value !== 'object' || value === null) return markup`${String(value)}`;
  const inLine = Object.entries(value)
    .map(([name, part]) => `${inWords(name)} ${String(part)}`)
    .join(', ');
  if (inLine.length < SHORT && Object.values(value).every((part) => typeof part !== 'object')) return markup`${inLine}`;
  return list(Object.entries(value).map(([name, part]) => [capitalized(inWords(name)), described(part)]));
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
