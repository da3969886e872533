// @ts-check
/** A chart over time by uPlot, which is loaded with the first chart: bars or a line with its band, and a selection. */

import { BarSelection } from './bar-selection.js';
import { bucketAt, verticalRange } from './chart-data.js';
import { barSeries, columnsOf, linesOf, positionsOf } from './chart-series.js';

/**
 * @import uPlot from 'uplot'
 * @import {SelectedBars} from './bar-selection.js'
 * @import {ChartData} from './chart-data.js'
 */

const DAY = 86_400; // seconds
const DRAG_FROM = 6; // pixels; less is a click
const WHOLE_STEPS = [1, 2, 5].flatMap((digit) => Array.from({ length: 12 }, (_, power) => digit * 10 ** power)).sort((a, b) => a - b);
const DAY_STEPS = [1, 2, 3, 7, 14, 30, 60, 90].map((days) => days * DAY);
/** @type {Record<string, number>} */
const KEY_STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

/**
 * @typedef {object} ChartHandlers
 * @property {(index: number | null) => void} onPoint  the bar under the pointer
 * @property {(bars: SelectedBars | null) => void} onSelect
 * @property {(bars: SelectedBars) => void} onOpen  a bar or the selection was clicked, or Enter pressed
 */

export class Chart {
  #host;
  #library;
  #timeZone;
  #handlers;
  #selection = new BarSelection();
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {ChartData | null} */
  #data = null;
  #shape = '';
  /** @type {number[]} milliseconds */
  #marks = [];

  /**
   * @param {HTMLElement} host
   * @param {typeof uPlot} library
   * @param {string} timeZone  of the horizontal axis
   * @param {ChartHandlers} handlers
   */
  constructor(host, library, timeZone, handlers) {
    this.#host = host;
    this.#library = library;
    this.#timeZone = timeZone;
    this.#handlers = handlers;
    new ResizeObserver(() => this.#resize()).observe(host);
    const redraw = () => {
      this.#shape = '';
      if (this.#data) this.show(this.#data);
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    host.addEventListener('keydown', (event) => this.#press(event));
  }

  /** @param {ChartData} data */
  show(data) {
    const shape = [data.areAmounts, data.areLevels, data.earlier.length > 0, data.usual !== null, data.step].join();
    this.#data = data;
    if (this.#plot && shape === this.#shape) this.#plot.setData(columnsOf(data));
    else {
      this.#plot?.destroy();
      this.#plot = new this.#library(this.#options(data), columnsOf(data), this.#host);
      this.#bindPointer(this.#plot);
      this.#shape = shape;
    }
    this.#markSelection();
  }

  /** Marks a stretch, without an event. The same one keeps its anchor. @param {SelectedBars | null} bars */
  select(bars) {
    const shown = this.#selection.bars;
    if (!bars) this.#selection.clear();
    else if (shown?.from !== bars.from || shown.to !== bars.to) this.#selection.set(bars.from, bars.to);
    this.#markSelection();
  }

  /** Draws a flag at each of these moments. @param {number[]} moments */
  mark(moments) {
    this.#marks = moments;
    this.#plot?.redraw(false);
  }

  /**
   * @param {uPlot} plot
   * @param {string} colour
   */
  #drawMarks(plot, colour) {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour;
    for (const moment of this.#marks) {
      const left = Math.round(plot.valToPos(moment / 1000, 'x', true));
      if (left < bbox.left || left > bbox.left + bbox.width) continue;
      ctx.fillRect(left, bbox.top, unit, bbox.height);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left + 8 * unit, bbox.top + 4 * unit);
      ctx.lineTo(left, bbox.top + 8 * unit);
      ctx.fill();
    }
    ctx.restore();
  }

  #resize() {
    this.#plot?.setSize({ width: this.#host.clientWidth, height: this.#host.clientHeight });
    this.#markSelection();
  }

  /**
   * @param {ChartData} data
   * @returns {uPlot.Options}
   */
  #options(data) {
    const colour = (/** @type {string} */ name) => resolvedColour(this.#host, name);
    const { series, bands = [] } = data.areAmounts ? { series: barSeries(data, colour, this.#library.paths.bars) } : linesOf(data, colour);
    const axis = {
      stroke: colour('--text-quiet'),
      font: `12px ${getComputedStyle(this.#host).fontFamily}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: this.#host.clientWidth,
      height: this.#host.clientHeight,
      padding: [10, 20, 0, 0], // half of the last label is beyond the last bar
      legend: { show: false },
      tzDate: (at) => this.#library.tzDate(new Date(at * 1000), this.#timeZone),
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: !data.areAmounts, size: 7 } },
      scales: {
        x: { range: () => this.#horizontalRange() },
        y: { range: (_, low, high) => verticalRange(low, high) },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 28, space: 64, values: timeLabels(this.#timeZone), ...(data.step === '1d' && { incrs: DAY_STEPS }) },
        { ...axis, size: 48, space: 36, values: numberLabels, ...(areWhole(data) && { incrs: WHOLE_STEPS }) },
      ],
      series: [{}, ...series],
      bands,
      hooks: {
        setCursor: [(plot) => this.#handlers.onPoint(this.#pointed(plot))],
        draw: [(plot) => this.#drawMarks(plot, colour('--text')), () => this.#markSelection()],
      },
    };
  }

  /** @returns {[number, number]} */
  #horizontalRange() {
    const { areAmounts, at, until } = /** @type {ChartData} */ (this.#data);
    const positions = positionsOf(/** @type {ChartData} */ (this.#data));
    if (at.length === 0) return [0, 1];
    const end = until / 1000;
    return [positions[0], areAmounts || at.length === 1 ? end : positions[positions.length - 1]];
  }

  /** @param {uPlot} plot @returns {number | null} */
  #pointed(plot) {
    const { left = -1 } = plot.cursor;
    return left < 0 ? null : this.#indexAt(plot, left);
  }

  /**
   * @param {uPlot} plot
   * @param {number} left  pixels from the left edge of the plot
   */
  #indexAt(plot, left) {
    const data = /** @type {ChartData} */ (this.#data);
    if (data.at.length === 0) return null;
    const inside = Math.max(0, Math.min(left, plot.over.clientWidth - 1));
    const moment = 1000 * plot.posToVal(inside, 'x');
    return bucketAt(data, moment) ?? (moment >= data.until ? data.at.length - 1 : 0);
  }

  /**
   * Dragging by mouse, pen or finger selects; a click opens. A finger selects first, since it cannot hover.
   * @param {uPlot} plot
   */
  #bindPointer({ over }) {
    let startLeft = 0;
    let anchor = -1;
    let wasSelected = false;
    let isDragged = false;
    const leftOf = (/** @type {PointerEvent} */ event) => event.clientX - over.getBoundingClientRect().left;
    const index = (/** @type {PointerEvent} */ event) =>
      this.#plot ? this.#indexAt(this.#plot, leftOf(event)) : null;
    over.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      anchor = index(event) ?? -1;
      [startLeft, isDragged, wasSelected] = [leftOf(event), false, this.#selection.has(anchor)];
      over.setPointerCapture(event.pointerId);
    });
    over.addEventListener('pointermove', (event) => {
      if (anchor < 0 || !event.isPrimary) return;
      isDragged ||= Math.abs(leftOf(event) - startLeft) > DRAG_FROM;
      const end = index(event);
      if (isDragged && end !== null) this.#selectAndNotify(anchor, end);
    });
    over.addEventListener('pointerup', (event) => {
      if (anchor < 0) return;
      const bars = wasSelected ? this.#selection.bars : { from: anchor, to: anchor };
      if (!isDragged && bars && (wasSelected || event.pointerType !== 'touch')) this.#handlers.onOpen(bars);
      else if (!isDragged) this.#selectAndNotify(anchor, anchor);
      anchor = -1;
    });
    over.addEventListener('pointercancel', () => (anchor = -1)); // the page is being scrolled
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const data = this.#data;
    if (!data || event.ctrlKey || event.metaKey || event.altKey) return;
    const { bars } = this.#selection;
    if (event.key === 'Enter' && bars) this.#handlers.onOpen(bars);
    else if (event.key === 'Escape' && bars) {
      this.select(null);
      this.#handlers.onSelect(null);
    } else if (Object.hasOwn(KEY_STEPS, event.key)) {
      this.#selection.move(KEY_STEPS[event.key], data.at.length, event.shiftKey);
      this.#markSelection();
      this.#handlers.onSelect(this.#selection.bars);
    } else return;
    event.preventDefault();
  }

  /**
   * @param {number} anchor
   * @param {number} end
   */
  #selectAndNotify(anchor, end) {
    this.#selection.set(anchor, end);
    this.#markSelection();
    this.#handlers.onSelect(this.#selection.bars);
  }

  #markSelection() {
    const { bars } = this.#selection;
    const [plot, data] = [this.#plot, this.#data];
    if (!plot || !data) return;
    const positions = positionsOf(data);
    const place = (/** @type {number} */ at) => Math.max(0, Math.min(plot.over.clientWidth, plot.valToPos(at, 'x')));
    const left = bars && bars.to < positions.length ? place(positions[bars.from]) : 0;
    const right = bars && bars.to < positions.length ? place(positions[bars.to + 1] ?? data.until / 1000) : 0;
    const height = plot.over.clientHeight;
    plot.setSelect({ left, width: Math.max(right - left, bars ? 2 : 0), top: 0, height: bars ? height : 0 }, false);
  }
}

/** Whether all values are whole, so that the axis needs no fractions. @param {ChartData} data */
function areWhole({ areAmounts, lowest, highest, value }) {
  if (areAmounts) return true;
  return [lowest, highest, value].every((values) => values.every((one) => one === null || Number.isInteger(one)));
}

/**
 * @param {uPlot} _
 * @param {number[]} splits
 */
function numberLabels(_, splits) {
  const format = new Intl.NumberFormat(undefined, { notation: 'compact' });
  return splits.map((value) => format.format(value));
}

/**
 * "14:00" within a day, "6 Dec" at the beginning of one or in steps of days.
 * @param {string} timeZone
 * @returns {uPlot.Axis.DynamicValues}
 */
function timeLabels(timeZone) {
  const time = new Intl.DateTimeFormat(undefined, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(undefined, { timeZone, day: 'numeric', month: 'short' });
  return (_plot, splits, _axis, _space, step) =>
    splits.map((at) => {
      const text = time.format(at * 1000);
      return step >= DAY || text === '00:00' ? day.format(at * 1000) : text;
    });
}

/**
 * The computed value of a custom property, which a canvas does not know.
 * @param {HTMLElement} host
 * @param {string} name
 */
function resolvedColour(host, name) {
  host.style.color = `var(${name})`;
  const { color } = getComputedStyle(host);
  host.style.color = '';
  return color;
}
