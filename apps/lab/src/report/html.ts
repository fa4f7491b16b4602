import type { Analysis } from '../analysis/model.ts';
import type { Results } from '../run/model.ts';
import { type Assets, readAssets } from './assets.ts';
import { markup, type Markup, trusted } from './markup.ts';
import { counted, timeText } from './numbers.ts';
import { contenderLooks, processLooks } from './palette.ts';
import { playedOf } from '../analysis/played.ts';
import { availabilitySection } from './sections/availability.ts';
import { capacitySection } from './sections/capacity.ts';
import { costSection } from './sections/cost.ts';
import { growthSection } from './sections/growth.ts';
import { hopSection } from './sections/hops.ts';
import { latencySection } from './sections/latency.ts';
import { methodSection, threatSection } from './sections/method.ts';
import { overTimeSection } from './sections/over-time.ts';
import type { PageData, Section } from './sections/page-data.ts';
import { trialSection } from './sections/trials.ts';
import { reserveSection, verdictSection } from './sections/verdicts.ts';
import { warnings } from './words.ts';

/** In the order of the page: what was found, what it rests on, how it came about. */
const sections: readonly ((data: PageData) => Section | undefined)[] = [
  verdictSection,
  reserveSection,
  capacitySection,
  latencySection,
  overTimeSection,
  costSection,
  hopSection,
  availabilitySection,
  growthSection,
  methodSection,
  trialSection,
  threatSection,
];

/** The report as one HTML file, which needs nothing beside it and no network. */
export function htmlReport(results: Results, analysis: Analysis): string {
  const data: PageData = {
    results,
    analysis,
    looks: contenderLooks(results),
    processes: processLooks(processesOf(results)),
  };
  const shown = sections.flatMap((section) => section(data) ?? []);
  return page(results, shown, readAssets()).html;
}

/** Processes of contenders, in the order in which they are first named. */
const processesOf = (results: Results): string[] =>
  playedOf(results).flatMap(({ phase: { resources, handlerTimes, samples } }) => [
    ...Object.keys(resources?.cpuMs ?? {}),
    ...Object.keys(resources?.memory ?? {}),
    ...Object.keys(handlerTimes),
    ...Object.keys(samples[0]?.rssBytes ?? {}),
  ]);

// The policy forbids every request, so that even a fault of ours could not make the page call anybody.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

function page(results: Results, shown: readonly Section[], { css, library, script }: Assets): Markup {
  const { plan, manifest, settings, trials, startedAt } = results;
  const facts = [
    timeText(startedAt),
    manifest.commit ? `commit ${manifest.commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, '$1')}` : '',
    `${manifest.cpu}, ${counted(manifest.cores, 'core')}`,
    `Node ${manifest.node.replace(/^v/, '')}`,
    counted(trials.length, 'trial'),
    `seed ${settings.seed}`,
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${plan.title} · Twinstore lab</title>
<style>${trusted(css)}</style>
</head>
<body>
<header>
<h1>${plan.title}</h1>
<p class="question">${plan.question}</p>
<p class="facts">${facts.filter(Boolean).join(' · ')}</p>
${warnings(results).map((warning) => markup`<p class="warning">${warning}</p>`)}
<nav aria-label="Contents">${shown.map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main>${shown.map(
    ({ id, title, content }) => markup`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`,
  )}
</main>
<footer>Twinstore lab, plan ${plan.name}${plan.claims.length > 0 && `, about ${plan.claims.join(', ')} of the chapter map`}. Charts: uPlot, MIT license.<noscript> The charts need JavaScript; all tables but theirs do not.</noscript></footer>
<script>${trusted(library)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`;
}
