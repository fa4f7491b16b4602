import uPlot from './uplot.js';
import { figure, h } from './dom.js';

/** @typedef {import('./state.js').View} View */
/** @typedef {(number | null | undefined)[]} Values */
/** @typedef {{ label: string, color: string, unit: string, width?: number, isFilled?: boolean }} Line */

const HEIGHT = 190;

/** The two charts of the present trial, second by second. */
export function trialCharts() {
  const latency = chart('Latency, by second', [
    { label: 'p50', color: '--p50', unit: 'ms' },
    { label: 'p99', color: '--p99', unit: 'ms', width: 2 },
  ]);
  const answers = chart('Answers per second', [
    { label: 'answered', color: '--answered', unit: '/s', width: 2, isFilled: true },
    { label: 'failed', color: '--bad', unit: '/s' },
  ]);
  return {
    element: h('div', { class: 'charts' }, latency.element, answers.element),
    /** @param {View} view */
    show({ seconds, phaseStarts }) {
      const x = seconds.map((_, index) => index + 1);
      latency.show([x, seconds.map(({ p50 }) => p50 ?? null), seconds.map(({ p99 }) => p99 ?? null)], phaseStarts);
      answers.show([x, seconds.map(({ answered }) => answered), seconds.map(({ failed }) => failed)], phaseStarts);
    },
  };
}

/**
 * @param {string} title
 * @param {Line[]} lines
 */
function chart(title, lines) {
  const values = lines.map(() => h('b', {}, '–'));
  const legend = lines.map(({ label, color }, index) =>
    h('span', { class: 'key', 'data-line': color.slice(2) }, `${label} `, values[index]),
  );
  const plot = h('div', { class: 'plot', 'aria-hidden': 'true' });
  const element = h(
    'figure',
    {},
    h('figcaption', {}, h('span', {}, title), h('span', { class: 'keys' }, ...legend)),
    plot,
  );
  /** @type {uPlot | undefined} */
  let drawn;
  /** @type {[number[], ...Values[]]} */
  let data = [[], ...lines.map(() => [])];
  /** @type {number[]} */
  let phaseStarts = [];

  const draw = () => {
    drawn?.destroy();
    const width = plot.clientWidth;
    drawn =
      width > 0
        ? new uPlot(
            options(width, lines, () => phaseStarts),
            asData(data),
            plot,
          )
        : undefined;
  };
  new ResizeObserver(() => {
    if (drawn && plot.clientWidth > 0) drawn.setSize({ width: plot.clientWidth, height: HEIGHT });
    else draw();
  }).observe(plot);
  // The canvas takes its colors from the style sheet once.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

  return {
    element,
    /**
     * @param {[number[], ...Values[]]} next
     * @param {number[]} starts
     */
    show(next, starts) {
      data = next;
      phaseStarts = starts;
      drawn?.setData(asData(data));
      for (const [index, { unit }] of lines.entries()) {
        const value = next[index + 1]?.at(-1);
        values[index]?.replaceChildren(value === null || value === undefined ? '–' : figure(value, unit));
      }
    },
  };
}

/** uPlot draws no axis without any value. @param {[number[], ...Values[]]} data */
const asData = (data) =>
  /** @type {uPlot.AlignedData} */ (data[0].length === 0 ? [[1], ...data.slice(1).map(() => [null])] : data);

/** Reads colors of the style sheet: a canvas knows neither variables nor `light-dark`. @returns {(name: string) => string} */
function colors() {
  const probe = document.body.appendChild(h('i', { hidden: true }));
  const found = new Map();
  for (const name of ['--faint', '--line', '--p50', '--p99', '--answered', '--answered-fill', '--bad']) {
    probe.style.color = `var(${name})`;
    found.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (name) => found.get(name);
}

/**
 * @param {number} width
 * @param {Line[]} lines
 * @param {() => number[]} phaseStarts
 * @returns {uPlot.Options}
 */
function options(width, lines, phaseStarts) {
  const color = colors();
  const axis = {
    stroke: color('--faint'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 20, 0, 0],
    scales: {
      // At least so wide that a new trial does not begin with a zoom.
      x: { time: false, range: (_, __, max) => [1, Math.max(20, max ?? 0)] },
      y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        incrs: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600],
        values: (_, splits) => splits.map((split) => `${split} s`),
      },
      { ...axis, size: 48, values: (_, splits) => splits.map((split) => split.toLocaleString('en-US')) },
    ],
    series: [
      {},
      ...lines.map(({ label, color: name, width: thickness = 1.25, isFilled = false }) => ({
        label,
        stroke: color(name),
        width: thickness,
        // One second alone makes no line.
        points: { show: (/** @type {uPlot} */ { data }) => data[0].length === 1, size: 6 },
        ...(isFilled && { fill: color('--answered-fill') }),
      })),
    ],
    hooks: {
      drawAxes: [
        ({ ctx, bbox, valToPos }) => {
          ctx.save();
          ctx.strokeStyle = color('--faint');
          ctx.setLineDash([3, 3]);
          for (const start of phaseStarts().filter((index) => index > 0)) {
            const x = Math.round(valToPos(start + 0.5, 'x', true));
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
          }
          ctx.restore();
        },
      ],
    },
  };
}
