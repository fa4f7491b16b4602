import type { Verdict } from '../../analysis/model.ts';
import { ratioAxis, ratioBar, type RatioScale, ratioScale } from '../bars.ts';
import { markup, type Markup } from '../markup.ts';
import { byTopic, NOT_ASKED } from '../words.ts';
import type { PageData, Section } from './page-data.ts';

/** What the run allows to be said, each ratio drawn on the same scale. */
export function verdictSection({ analysis: { verdicts } }: PageData): Section {
  const ratios = verdicts.flatMap(({ ratio }) => ratio ?? []);
  const scale = ratioScale(ratios);
  const groups = byTopic(verdicts).map(
    (group) => markup`
<h3>${group.title}</h3>
<ul class="verdicts">${group.verdicts.length === 0 ? markup`<li class="quiet"><p>${NOT_ASKED}</p></li>` : group.verdicts.map((verdict) => item(verdict, scale))}${
      group.verdicts.some(({ ratio }) => ratio) &&
      markup`<li class="scale" aria-hidden="true"><p></p>${ratioAxis(scale)}</li>`
    }</ul>`,
  );
  return {
    id: 'verdicts',
    title: 'Verdicts',
    content: markup`
${ratios.length > 0 && markup`<p>The bars show ratios on one logarithmic scale: the tick is the median over blocks, the pale bar its bootstrap 95 % interval. What is gray shows no difference, or rests on too little.</p>`}
${groups}`,
  };
}

function item({ outcome, sentence, ratio }: Verdict, scale: RatioScale): Markup {
  const isQuiet = outcome === 'not asked' || (ratio && outcome !== 'difference');
  const look = sentence.includes('VIOLATION') ? 'violation' : isQuiet ? 'quiet' : undefined;
  return markup`<li${look && markup` class="${look}"`}><p>${sentence}</p>${ratio && ratioBar(ratio, scale)}</li>\n`;
}

/** What has to be known before any of it is believed. */
export const reserveSection = ({ analysis: { reserves } }: PageData): Section | undefined =>
  reserves.length === 0
    ? undefined
    : {
        id: 'reserves',
        title: 'Before you believe it',
        content: markup`<ul>${reserves.map((reserve) => markup`<li${reserve.startsWith('VIOLATION') && markup` class="violation"`}>${reserve}</li>\n`)}</ul>`,
      };
