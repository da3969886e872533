// @ts-check
/** A figure over time, drawn by uPlot: one line from zero, the period before dashed beside it, a brush to zoom. */

import { lonePoints, verticalRange } from './chart-data.js';

/** @import {ChartData} from './chart-data.js' */

const HEIGHT = 280;
const DAY = 86_400; // seconds

/**
 * @typedef {object} Handlers
 * @property {(index: number | null) => void} onPoint  what the pointer is at
 * @property {(since: number, until: number) => void} onZoom  seconds since 1970
 */

export class Chart {
  #host;
  #library;
  #zone;
  #handlers;
  /** @type {any} */
  #plot = null;
  /** @type {ChartData | null} */
  #data = null;

  /**
   * @param {HTMLElement} host
   * @param {any} library  uPlot
   * @param {string} zone  in which days begin and hours are told
   * @param {Handlers} handlers
   */
  constructor(host, library, zone, handlers) {
    this.#host = host;
    this.#library = library;
    this.#zone = zone;
    this.#handlers = handlers;
    new ResizeObserver(() => this.#plot?.setSize({ width: host.clientWidth, height: HEIGHT })).observe(host);
    const redraw = () => this.#data && this.show(this.#data);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }

  /** @param {ChartData} data */
  show(data) {
    this.clear();
    this.#data = data;
    const lines = data.earlier.length ? [data.value, data.earlier] : [data.value];
    this.#plot = new this.#library(this.#options(lines.length), [data.at, ...lines], this.#host);
  }

  clear() {
    this.#plot?.destroy();
    this.#plot = this.#data = null;
  }

  /** @param {number} lines */
  #options(lines) {
    const colour = (/** @type {string} */ name) => resolved(this.#host, name);
    const line = { stroke: colour('--accent'), width: 1.5, fill: faint(colour('--accent')), points: LONE };
    const earlier = { stroke: colour('--text-quiet'), width: 1.25, dash: [4, 4], points: { show: false } };
    const axis = {
      stroke: colour('--text-quiet'),
      font: `12px ${getComputedStyle(this.#host).fontFamily}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: this.#host.clientWidth,
      height: HEIGHT,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      tzDate: (/** @type {number} */ at) => this.#library.tzDate(new Date(at * 1000), this.#zone),
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
      scales: { y: { range: (/** @type {any} */ _, /** @type {any} */ low, /** @type {any} */ high) => verticalRange(low, high) } },
      axes: [
        { ...axis, size: 32, space: 70, values: momentsIn(this.#zone) },
        { ...axis, size: 52, values: numbers },
      ],
      series: [{}, line, earlier].slice(0, 1 + lines),
      hooks: {
        setCursor: [(/** @type {any} */ plot) => this.#handlers.onPoint(plot.cursor.idx ?? null)],
        setSelect: [(/** @type {any} */ plot) => this.#zoom(plot)],
      },
    };
  }

  /** @param {any} plot */
  #zoom(plot) {
    const { left, width } = plot.select;
    if (width < 8) return; // a click
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.#handlers.onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
  }
}

const LONE = {
  show: true,
  size: 4,
  filter: (/** @type {any} */ plot, /** @type {number} */ series) => lonePoints(plot.data[series]),
};

/** @param {any} _ @param {number[]} splits */
function numbers(_, splits) {
  const format = new Intl.NumberFormat(undefined, { notation: 'compact' });
  return splits.map((value) => format.format(value));
}

/** "14:00" within a day, "6 Dec" where one begins or steps are days. @param {string} timeZone */
function momentsIn(timeZone) {
  const time = new Intl.DateTimeFormat(undefined, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(undefined, { timeZone, day: 'numeric', month: 'short' });
  return (/** @type {any} */ _, /** @type {number[]} */ splits, /** @type {any} */ __, /** @type {any} */ ___, /** @type {number} */ step) =>
    splits.map((at) => {
      const words = time.format(at * 1000);
      return step >= DAY || words === '00:00' ? day.format(at * 1000) : words;
    });
}

/**
 * A canvas does not know our custom properties: the browser is asked what they come to here and now.
 * @param {HTMLElement} host
 * @param {string} name
 */
function resolved(host, name) {
  host.style.color = `var(${name})`;
  const { color } = getComputedStyle(host);
  host.style.color = '';
  return color;
}

/** @param {string} colour  "rgb(36, 80, 211)" */
const faint = (colour) => colour.replace('rgb(', 'rgba(').replace(')', ', 0.08)');
