import type { Estimate } from '../analysis/statistics.ts';
import { markup, type Markup, trusted } from './markup.ts';
import { fixed, ratioText, sum } from './numbers.ts';
import type { Look } from './palette.ts';

/** A bar for each contender, its parts end to end. */
export interface StackedBars {
  readonly title: string;
  readonly note?: string | undefined;
  /** With its unit. */
  readonly axis: string;
  readonly digits: number;
  readonly looks: ReadonlyMap<string, Look>;
  readonly rows: readonly { readonly name: string; readonly parts: Readonly<Record<string, number>> }[];
  /** The numbers; who cannot see the bars reads these. */
  readonly table: Markup;
}

/** A part narrower than this share of the widest bar has no room for its number. */
const LEGIBLE = 0.075;

export function stackedFigure({ title, note, axis, digits, looks, rows, table }: StackedBars): Markup {
  const totals = rows.map(({ parts }) => sum(Object.values(parts)));
  const most = Math.max(...totals, Number.MIN_VALUE);
  const names = [...looks.keys()].filter((name) => rows.some(({ parts }) => parts[name] !== undefined));
  const part = (name: string, value: number) =>
    markup`<i style="width:${((value / most) * 100).toFixed(2)}%;background:var(${looks.get(name)!.color})" title="${name}: ${fixed(value, digits)}">${value / most >= LEGIBLE && fixed(value, digits)}</i>`;
  return markup`
<figure class="bars">
<figcaption><strong>${title}</strong><span>${axis}${note && `. ${note}`}</span></figcaption>
<ul class="legend" aria-hidden="true">${names.map((name) => markup`<li><span><i style="background:var(${looks.get(name)!.color})"></i>${name}</span></li>`)}</ul>
<div aria-hidden="true">${rows.map(
    ({ name, parts }, row) =>
      markup`<p class="bar"><b>${name}</b><span>${names.flatMap((each) => (parts[each] === undefined ? [] : [part(each, parts[each])]))}</span><em>${fixed(totals[row], digits)}</em></p>`,
  )}</div>
<div>${table}</div>
</figure>`;
}

/** One bar and its 95 % interval for each contender. */
export interface EstimateBars {
  readonly title: string;
  readonly note?: string | undefined;
  readonly axis: string;
  readonly digits: number;
  readonly looks: ReadonlyMap<string, Look>;
  readonly rows: readonly { readonly name: string; readonly estimate: Estimate | undefined }[];
  readonly table: Markup;
}

export function estimateFigure({ title, note, axis, digits, looks, rows, table }: EstimateBars): Markup {
  const most = Math.max(
    ...rows.map(({ estimate }) => Math.max(estimate?.high ?? 0, estimate?.median ?? 0)),
    Number.MIN_VALUE,
  );
  const share = (value: number) => `${((value / most) * 100).toFixed(2)}%`;
  return markup`
<figure class="bars broad">
<figcaption><strong>${title}</strong><span>${axis}${note && `. ${note}`}</span></figcaption>
<div aria-hidden="true">${rows.map(
    ({ name, estimate }) =>
      markup`<p class="bar"><b>${name}</b><span>${
        estimate &&
        markup`<i class="whole" style="width:${share(estimate.median)};background:var(${looks.get(name)!.color})"></i><u style="left:${share(estimate.low)};width:${share(estimate.high - estimate.low)}"></u>`
      }</span><em>${fixed(estimate?.median, digits)}</em></p>`,
  )}</div>
<div>${table}</div>
</figure>`;
}

/** The same scale for all ratios of a report, so that they can be compared by eye: logarithmic, as much room for half as
 *  for double. */
export interface RatioScale {
  /** From 0 to 100; what lies outside is cut off. */
  at(ratio: number): number;
  readonly ticks: readonly number[];
}

const usualTicks = [0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100];

export function ratioScale(ratios: readonly Estimate[]): RatioScale {
  const seen = ratios.flatMap(({ low, high }) => [low, high]).filter((value) => value > 0 && Number.isFinite(value));
  const [least, most] = [Math.min(0.8, ...seen) / 1.1, Math.max(1.25, ...seen) * 1.1];
  const at = (ratio: number) => Math.min(100, Math.max(0, (Math.log(ratio / least) / Math.log(most / least)) * 100));
  const ticks = usualTicks.filter((tick) => tick >= least && tick <= most);
  return { at, ticks: ticks.length > 1 ? ticks : [0.8, 1, 1.25].filter((tick) => tick >= least && tick <= most) };
}

/** An interval on that scale, with a line at 1: where it crosses the line, nothing was shown. */
export function ratioBar(ratio: Estimate, scale: RatioScale): Markup {
  const [low, high, middle] = [scale.at(ratio.low), scale.at(ratio.high), scale.at(ratio.median)];
  return markup`<span class="ratio" role="img" aria-label="Ratio ${ratioText(ratio)}">${gridOf(scale)}<u style="left:${low.toFixed(1)}%;width:${(high - low).toFixed(1)}%"></u><s style="left:${middle.toFixed(1)}%"></s></span>`;
}

/** What the places on the scale mean. */
export const ratioAxis = (scale: RatioScale): Markup =>
  markup`<span class="ratio-axis" aria-hidden="true">${scale.ticks.map((tick) => markup`<small style="left:${scale.at(tick).toFixed(1)}%">${tick === 1 ? 'the same' : `×${tick}`}</small>`)}</span>`;

const gridOf = ({ at, ticks }: RatioScale): Markup =>
  trusted(
    ticks.map((tick) => `<i${tick === 1 ? ' class=one' : ''} style="left:${at(tick).toFixed(1)}%"></i>`).join(''),
  );
