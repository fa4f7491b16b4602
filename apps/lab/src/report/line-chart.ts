import { embeddedJson, markup, type Markup, trusted } from './markup.ts';
import { rounded } from './numbers.ts';

/** A chart with lines, as the report's script draws it (`browser/charts.js`). */
export interface LineChart {
  readonly title: string;
  /** A sentence below the title; undefined: none is needed. */
  readonly note?: string | undefined;
  readonly x: Axis;
  readonly y: Axis;
  /** Ascending. */
  readonly xs: readonly number[];
  readonly lines: readonly Line[];
  /** Filled between two lines, by index. */
  readonly band?: readonly [upper: number, lower: number];
  /** Stretches of x that count for nothing. */
  readonly shaded?: readonly Stretch[];
  /** Where on x something begins. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
  /** A height that matters. */
  readonly level?: { readonly at: number; readonly label: string };
  /** Height of the plot in px; default 260. */
  readonly height?: number;
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  readonly isLog?: boolean;
  /** Ends of the axis, so that charts side by side can be compared; undefined: as the data ask for. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** What to write where; undefined: round numbers. */
  readonly ticks?: readonly (readonly [at: number, text: string])[];
}

export interface Line {
  readonly name: string;
  /** Name of a CSS variable. */
  readonly color: string;
  readonly dash: readonly number[];
  /** One for each of `xs`; undefined: there is none, and the line goes on to the next. */
  readonly values: readonly (number | undefined)[];
  /** Points to be joined in this order, where x may also go back. */
  readonly path?: readonly (readonly [x: number, y: number])[];
  readonly hasPoints?: boolean;
  /** The edge of a band: no line of its own, and not in the legend. */
  readonly isEdge?: boolean;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** The chart with its title, legend, and its data for the script, which also makes the table of them. */
export function lineFigure(chart: LineChart): Markup {
  const { title, note, x, y, lines } = chart;
  const named = lines.map((line, index) => ({ ...line, index })).filter(({ isEdge }) => !isEdge);
  const label = `${title}. Line chart, across: ${x.label}, up: ${y.label}; ${named.map(({ name }) => name).join(', ')}. The numbers are in the table below it.`;
  return markup`
<figure class="chart">
<figcaption><strong>${title}</strong>${note && markup`<span>${note}</span>`}</figcaption>
<p class="axis-y">${y.label}</p>
<div class="plot" role="img" aria-label="${label}" style="min-height:${chart.height ?? 260}px"></div>
<p class="axis-x"><output></output><span>${x.label}</span></p>
<ul class="legend">${named.map(
    ({ name, color, dash, index }) =>
      markup`<li><button type="button" aria-pressed="true" data-line="${index}">${swatch(color, dash)}${name} <output></output></button></li>`,
  )}${chart.band && markup`<li><span><i class="band"></i>lowest to highest</span></li>`}${chart.shaded?.length ? markup`<li><span><i class="shade"></i>not counted</span></li>` : ''}</ul>
<details><summary>Data</summary><div class="scroll"></div></details>
<script type="application/json">${embeddedJson(lean(chart))}</script>
</figure>`;
}

/** A piece of the line, for a legend. */
const swatch = (color: string, dash: readonly number[]): Markup =>
  trusted(
    `<svg width="26" height="8" aria-hidden="true"><line x1="1" x2="25" y1="4" y2="4" style="stroke:var(${color})"` +
      `${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/></svg>`,
  );

/** Without what the script has no use for, and with no more digits than a chart can show. */
const lean = ({ note: _note, xs, lines, ...chart }: LineChart) => ({
  ...chart,
  xs: xs.map(rounded),
  lines: lines.map(({ values, path, ...line }) => ({
    ...line,
    values: values.map(rounded),
    ...(path && { path: path.map((point) => point.map(rounded)) }),
  })),
});

/** Lines that have points at different x, as one chart needs them: all x in order, and for each line what it has there. */
export function aligned(points: readonly (readonly (readonly [x: number, y: number])[])[]): {
  readonly xs: number[];
  readonly values: (number | undefined)[][];
} {
  const xs = [...new Set(points.flat().map(([x]) => x))].sort((a, b) => a - b);
  return {
    xs,
    values: points.map((line) => {
      const byX = new Map(line);
      return xs.map((x) => byX.get(x));
    }),
  };
}

/** Ends for an axis on which all of these are to be seen; undefined for none. On a log scale only what is over 0 counts.
 *  @param headroom  how much further up it reaches than the data */
export function ends(
  values: readonly (number | undefined)[],
  isLog: boolean,
  headroom = 1.1,
): Pick<Axis, 'from' | 'to'> {
  const shown = values.filter((value) => value !== undefined && Number.isFinite(value) && (!isLog || value > 0));
  if (shown.length === 0) return {};
  const [least, most] = [shown.reduce((a, b) => Math.min(a!, b!))!, shown.reduce((a, b) => Math.max(a!, b!))!];
  return isLog ? { from: least / 1.1, to: most * headroom } : { from: 0, to: most * headroom };
}
