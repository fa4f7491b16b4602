// @ts-check
// Runs in the report, after uPlot: draws every `figure.chart` from the JSON that stands in it, and again when the window,
// the theme or the paper asks for it. Plain JavaScript, since nothing compiles it on its way into the page.

/** @import uPlot from 'uplot' */
/**
 * @typedef {{label: string, isLog?: boolean, from?: number, to?: number, ticks?: [number, string][]}} Axis
 * @typedef {{name: string, color: string, dash: number[], values: (number | null)[], path?: [number, number][],
 *   hasPoints?: boolean, isEdge?: boolean}} Line
 * @typedef {{title: string, x: Axis, y: Axis, xs: number[], lines: Line[], band?: [number, number],
 *   shaded?: {from: number, to: number, label: string}[], marks?: {at: number, label: string}[],
 *   level?: {at: number, label: string}, height?: number}} LineChart
 */

/** From the script before this one. */
const Plot = /** @type {typeof uPlot} */ (Reflect.get(globalThis, 'uPlot'));
const page = document.documentElement;
/** @param {string} name  of a CSS variable */
const ink = (name) => getComputedStyle(page).getPropertyValue(name).trim();
const FONT = '12px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const PAPER_WIDTH = 660;

/** @param {number} value */
const shown = (value) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** Round numbers between two ends of a log scale, no more than fit.
 *  @param {number} from @param {number} to @param {number} most */
function logTicks(from, to, most) {
  for (const digits of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += 1) {
      for (const digit of digits) ticks.push(Number((digit * 10 ** power).toPrecision(2)));
    }
    const seen = ticks.filter((tick) => tick >= from && tick <= to);
    if (seen.length <= most || digits.length === 1) return seen;
  }
  return [];
}

/** @param {Axis} axis @param {boolean} isX @returns {uPlot.Scale} */
const scaleOf = ({ isLog, from, to }, isX) => ({
  time: false,
  distr: isLog ? 3 : 1,
  range: (_plot, least, most) => {
    const [low, high] = [from ?? (isLog || isX ? least : Math.min(0, least)), to ?? most];
    return [low ?? 0, (high ?? 1) > (low ?? 0) ? (high ?? 1) : (low ?? 0) + 1];
  },
});

/** @param {Axis} axis @param {boolean} isX @returns {uPlot.Axis} */
const axisOf = ({ isLog, ticks }, isX) => ({
  stroke: () => ink('--muted'),
  font: FONT,
  size: isX ? 30 : 46,
  gap: 6,
  grid: { show: !isX, stroke: () => ink('--line'), width: 1 },
  ticks: { show: isX, stroke: () => ink('--line'), width: 1, size: 5 },
  space: isX ? 56 : 34,
  ...(ticks && {
    splits: (plot) => {
      const [low, high] = [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0];
      return ticks.map(([at]) => at).filter((at) => at >= low && at <= high);
    },
  }),
  ...(isLog && {
    splits: (plot, _index, from, to) =>
      logTicks(from, to, Math.max(2, Math.floor(plot.bbox.height / devicePixelRatio / 32))),
    filter: (_plot, splits) => splits,
  }),
  values: (_plot, splits) =>
    splits.map((at) => ticks?.find(([tick]) => tick === at)?.[1] ?? (at === null ? '' : shown(at))),
});

/** Joins points in their own order; uPlot would join them from left to right.
 *  @param {[number, number][]} path @returns {uPlot.Series.PathBuilder} */
const along = (path) => (plot) => {
  const stroke = new Path2D();
  path.forEach(([x, y], index) => {
    const [left, top] = [plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true)];
    if (index === 0) stroke.moveTo(left, top);
    else stroke.lineTo(left, top);
  });
  return { stroke };
};

/** @param {Line} line @returns {uPlot.Series} */
const seriesOf = ({ name, color, dash, path, hasPoints, isEdge }) => ({
  label: name,
  stroke: () => (isEdge ? 'transparent' : ink(color)),
  width: isEdge ? 0 : 2,
  dash,
  spanGaps: true,
  points: { show: hasPoints ?? false, size: 6, fill: () => ink(color), stroke: () => ink(color) },
  ...(path && { paths: along(path) }),
});

/** What is drawn below the lines. @param {LineChart} chart @returns {(plot: uPlot) => void} */
const ground =
  ({ shaded = [] }) =>
  (plot) => {
    const { ctx, bbox } = plot;
    for (const { from, to } of shaded) {
      const [left, right] = [edge(plot, from), edge(plot, to)];
      ctx.fillStyle = ink('--shade');
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    }
  };

/** Where it is on the canvas, and never off the plot. @param {uPlot} plot @param {number} at */
const edge = (plot, at) => {
  const { left, width } = plot.bbox;
  return Math.min(left + width, Math.max(left, plot.valToPos(at, 'x', true)));
};

/** What is drawn above them. @param {LineChart} chart @returns {(plot: uPlot) => void} */
const notes =
  ({ marks = [], level }) =>
  (plot) => {
    const { ctx, bbox, scales } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = FONT.replace('12px', `${11 * ratio}px`);
    ctx.fillStyle = ctx.strokeStyle = ink('--muted');
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    const stroke = (/** @type {[number, number]} */ [x1, y1], /** @type {[number, number]} */ [x2, y2]) => {
      ctx.beginPath();
      ctx.moveTo(x1, y1);
      ctx.lineTo(x2, y2);
      ctx.stroke();
    };
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    marks.forEach(({ at, label }, index) => {
      const left = edge(plot, at);
      const room = edge(plot, marks[index + 1]?.at ?? scales.x?.max ?? 0) - left;
      stroke([left, bbox.top], [left, bbox.top + bbox.height]);
      if (ctx.measureText(label).width + 8 * ratio < room) ctx.fillText(label, left + 5 * ratio, bbox.top + 3 * ratio);
    });
    if (level && level.at <= (scales.y?.max ?? 0) && level.at >= (scales.y?.min ?? 0)) {
      const top = plot.valToPos(level.at, 'y', true);
      stroke([bbox.left, top], [bbox.left + bbox.width, top]);
      ctx.textBaseline = 'bottom';
      ctx.fillText(level.label, bbox.left + 5 * ratio, top - 3 * ratio);
    }
    ctx.restore();
  };

/** @param {HTMLElement} figure */
function draw(figure) {
  /** @type {LineChart} */
  const chart = JSON.parse(figure.querySelector('script')?.textContent ?? '{}');
  const box = /** @type {HTMLElement} */ (figure.querySelector('.plot'));
  const plot = new Plot(
    {
      width: Math.max(200, box.clientWidth),
      height: chart.height ?? 260,
      padding: [10, chart.x.ticks ? 24 : 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: scaleOf(chart.x, true), y: scaleOf(chart.y, false) },
      axes: [axisOf(chart.x, true), axisOf(chart.y, false)],
      series: [{}, ...chart.lines.map(seriesOf)],
      ...(chart.band && {
        bands: [{ series: [chart.band[0] + 1, chart.band[1] + 1], fill: () => ink('--band') }],
      }),
      hooks: { drawAxes: [ground(chart)], draw: [notes(chart)], setCursor: [readOut(figure, chart)] },
    },
    [chart.xs, ...chart.lines.map(({ values }) => values)],
    box,
  );
  new ResizeObserver(() => {
    if (box.clientWidth > 0 && !page.classList.contains('paper')) resize(plot, box.clientWidth);
  }).observe(box);
  for (const button of figure.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      const isShown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isShown));
      plot.setSeries(Number(button.dataset['line']) + 1, { show: isShown });
    });
  }
  const details = figure.querySelector('details');
  details?.addEventListener('toggle', () => fillTable(details, chart), { once: true });
  return plot;
}

/** @param {uPlot} plot @param {number} width */
const resize = (plot, width) => {
  if (width !== plot.width) plot.setSize({ width, height: plot.height });
};

/** Writes the values under the pointer into the legend. @param {HTMLElement} figure @param {LineChart} chart
 *  @returns {(plot: uPlot) => void} */
const readOut =
  (figure, { xs, lines, x }) =>
  ({ cursor: { idx } }) => {
    const at = idx === null || idx === undefined ? undefined : xs[idx];
    const place = figure.querySelector('.axis-x output');
    if (place) place.textContent = at === undefined || idx === null || idx === undefined ? '' : `at ${atText(x, at)}`;
    for (const button of figure.querySelectorAll('button')) {
      const value = typeof idx === 'number' ? lines[Number(button.dataset['line'])]?.values[idx] : undefined;
      const output = button.querySelector('output');
      if (output) output.textContent = typeof value === 'number' ? shown(value) : '';
    }
  };

/** @param {Axis} axis @param {number} at */
const atText = ({ ticks }, at) => {
  // Ticks of words mean a scale of percentiles: 2 stands for 99 %.
  if (!ticks) return shown(at);
  return `${Number((100 - 100 / 10 ** at).toPrecision(4))} %`;
};

/** Only once it is asked for: these tables are longer than all the rest. @param {HTMLElement} details @param {LineChart} chart */
function fillTable(details, { title, x, y, xs, lines }) {
  const table = document.createElement('table');
  table.createCaption().textContent = `${title}; ${y.label}`;
  const head = table.createTHead().insertRow();
  for (const name of [x.label, ...lines.map(({ name }) => name)]) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  xs.forEach((at, index) => {
    const row = body.insertRow();
    row.insertCell().textContent = atText(x, at);
    for (const { values } of lines) {
      const value = values[index];
      row.insertCell().textContent = typeof value === 'number' ? shown(value) : '';
    }
  });
  details.querySelector('.scroll')?.append(table);
}

const figures = [...document.querySelectorAll('figure.chart')];
const plots = figures.map((figure) => draw(/** @type {HTMLElement} */ (figure)));
const redrawAll = () => plots.forEach((plot) => plot.redraw());

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
// Paper is white and has a width of its own, which no other event tells.
addEventListener('beforeprint', () => {
  page.classList.add('paper');
  for (const plot of plots) resize(plot, PAPER_WIDTH);
  redrawAll();
});
addEventListener('afterprint', () => {
  page.classList.remove('paper');
  for (const plot of plots) resize(plot, plot.root.parentElement?.clientWidth || plot.width);
  redrawAll();
});
