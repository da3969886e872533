// @ts-check
/** A chart of one metric over time by uPlot, which is loaded with the first chart: current and previous line, zoom. */

import { lonePoints, verticalRange } from './chart-data.js';

/**
 * @import uPlot from 'uplot'
 * @import {ChartData, Column} from './chart-data.js'
 */

const HEIGHT = 280;
const DAY = 86_400; // seconds

/**
 * @typedef {object} ChartHandlers
 * @property {(index: number | null) => void} onPoint  the point under the pointer
 * @property {(since: number, until: number) => void} onZoom  seconds since 1970
 */

export class Chart {
  #host;
  #library;
  #timeZone;
  #handlers;
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {ChartData | null} */
  #data = null;

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
    new ResizeObserver(() => this.#plot?.setSize({ width: host.clientWidth, height: HEIGHT })).observe(host);
    const redraw = () => this.#data && this.show(this.#data);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  }

  /** @param {ChartData} data */
  show(data) {
    this.clear();
    this.#data = data;
    const { series, bands, columns } = linesOf(data, (name) => resolvedColour(this.#host, name));
    this.#plot = new this.#library(this.#options(series, bands), [data.at, ...columns], this.#host);
  }

  clear() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#data = null;
  }

  /**
   * @param {uPlot.Series[]} series
   * @param {uPlot.Band[]} bands
   * @returns {uPlot.Options}
   */
  #options(series, bands) {
    const colour = (/** @type {string} */ name) => resolvedColour(this.#host, name);
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
      tzDate: (at) => this.#library.tzDate(new Date(at * 1000), this.#timeZone),
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
      scales: { y: { range: (_, low, high) => verticalRange(low, high) } },
      axes: [
        { ...axis, size: 32, space: 70, values: timeLabels(this.#timeZone) },
        { ...axis, size: 52, values: numberLabels },
      ],
      series: [{}, ...series],
      bands,
      hooks: {
        setCursor: [(plot) => this.#handlers.onPoint(plot.cursor.idx ?? null)],
        setSelect: [(plot) => this.#zoom(plot)],
      },
    };
  }

  /** @param {uPlot} plot */
  #zoom(plot) {
    const { left, width } = plot.select;
    if (width < 8) return; // a click
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.#handlers.onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
  }
}

/**
 * The lines of a chart and the bands between them: a level lies within its lowest and highest, an amount above zero.
 *
 * @param {ChartData} data
 * @param {(name: string) => string} colour  of a custom property
 */
function linesOf({ value, lowest, highest, isLevel, earlier, usual }, colour) {
  const accent = colour('--accent');
  const quiet = colour('--text-quiet');
  const fill = isLevel ? undefined : faint(accent, 0.08);
  /** @type {uPlot.Series[]} */
  const series = [{ stroke: accent, width: 1.5, fill, points: LONE_POINTS }];
  const columns = [value];
  /** @type {uPlot.Band[]} */
  const bands = [];
  const add = (/** @type {Column} */ column, /** @type {uPlot.Series} */ line) => {
    columns.push(column);
    return series.push({ points: { show: false }, ...line }); // its number, since the first series is time
  };
  const between = (/** @type {Column} */ top, /** @type {Column} */ bottom, /** @type {string} */ colour) =>
    bands.push({ series: [add(top, { width: 0 }), add(bottom, { width: 0 })], fill: colour });
  if (isLevel) between(highest, lowest, faint(accent, 0.22));
  if (earlier.length) add(earlier, { stroke: quiet, width: 1.25, dash: [4, 4] });
  if (usual) {
    between(usual.high, usual.low, faint(quiet, 0.1));
    add(usual.expected, { stroke: quiet, width: 1.25, dash: [1, 4] });
  }
  return { series, bands, columns };
}

/** @type {uPlot.Series.Points} */
const LONE_POINTS = { show: true, size: 4, filter: (plot, series) => lonePoints(plot.data[series]) };

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

/**
 * @param {string} colour  "rgb(36, 80, 211)"
 * @param {number} opacity
 */
const faint = (colour, opacity) => colour.replace('rgb(', 'rgba(').replace(')', `, ${opacity})`);

/**
 * The only policy that the CSP of the pages allows (app/http/security_headers.py): scripts are loaded from our own
 * files.
 */
const POLICY = 'pulse';

/**
 * What the page's global object has of uPlot and of Trusted Types, which not all browsers know.
 * @typedef {object} ChartGlobals
 * @property {typeof uPlot} [uPlot]
 * @property {{createPolicy: (name: string, rules: ScriptUrlPolicy) => ScriptUrlPolicy}} [trustedTypes]
 *
 * @typedef {{createScriptURL: (address: string) => string}} ScriptUrlPolicy
 */

/** @type {Promise<typeof uPlot | null> | undefined} */
let loading;
/** @type {ScriptUrlPolicy | undefined} created once: the CSP allows no second one of the name */
let policy;

/**
 * @param {string | undefined} address  undefined if uPlot is not installed
 * @returns {Promise<typeof uPlot | null>} null if it is not installed, or cannot be loaded
 */
export function loadChartLibrary(address) {
  if (!address) return Promise.resolve(null);
  loading ??= new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = trustedUrl(address);
    script.addEventListener('load', () => resolve(/** @type {ChartGlobals} */ (globalThis).uPlot ?? null));
    script.addEventListener('error', () => {
      loading = undefined; // the next panel tries again
      script.remove();
      resolve(null);
    });
    document.head.append(script);
  });
  return loading;
}

/**
 * The address as browsers with Trusted Types want it, where a plain string cannot become a script.
 * @param {string} address
 */
function trustedUrl(address) {
  policy ??= /** @type {ChartGlobals} */ (globalThis).trustedTypes?.createPolicy(POLICY, { createScriptURL: ownFile });
  return policy?.createScriptURL(address) ?? address;
}

/** @param {string} address */
function ownFile(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith('/assets/')) throw new TypeError('not a file of ours');
  return url.href;
}
