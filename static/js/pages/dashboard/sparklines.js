// @ts-check
/** The sparklines on the cards: the last hour from the history API, continued by the stream. */

import { query } from '../../ui/dom.js';
import { lastHour } from './chart-range.js';
import { metricValue } from './metric-text.js';

/**
 * @import {HistoryRetention} from './chart-range.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {MetricsApi} from './metrics-api.js'
 */

const RELOAD_AFTER = 60_000; // milliseconds; a connection that flaps must not reload the history each time
const [WIDTH, HEIGHT] = [60, 20]; // as in the template's viewBox
const PADDING = 1; // above and below, so that the thickness of the line is not cut off
const MINUTE = 60_000;
const MINUTES = 60;

export class Sparklines {
  #api;
  #retention;
  /** @type {Map<string, {hour: RecentHour, line: Element, area: Element}>} */
  #sparks = new Map();
  #loadedAt = -Infinity;

  /**
   * @param {ParentNode} root  holds elements with `data-metric`, each with a `.spark`
   * @param {MetricsApi} api
   * @param {HistoryRetention} retention
   */
  constructor(root, api, retention) {
    this.#api = api;
    this.#retention = retention;
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-metric]'))) {
      const [line, area] = ['.spark-line', '.spark-area'].map((selector) => query(card, selector, SVGElement));
      this.#sparks.set(card.dataset.metric ?? '', { hour: new RecentHour(), line, area });
    }
  }

  /**
   * Loads the hour from the history. A failure is not shown, since the stream goes on filling the lines.
   * @param {number} now
   */
  async load(now) {
    if (now - this.#loadedAt < RELOAD_AFTER) return;
    this.#loadedAt = now;
    try {
      const { at, series } = await this.#api.history([...this.#sparks.keys()], lastHour(now, this.#retention));
      for (const { metric, last } of series) this.#sparks.get(metric)?.hour.load(at, last, now);
      this.#draw(now);
    } catch {
      this.#loadedAt = -Infinity;
    }
  }

  /** @param {DashboardStats} stats */
  show(stats) {
    const now = Date.parse(stats.timestamp);
    for (const [metric, { hour }] of this.#sparks)
      if (stats.stale?.[metric] === undefined) hour.add(metricValue(stats, metric), now);
    this.#draw(now);
  }

  /** @param {number} now */
  #draw(now) {
    for (const { hour, line, area } of this.#sparks.values()) {
      const paths = sparkPaths(hour.points(now), WIDTH, HEIGHT);
      line.setAttribute('d', paths.line);
      area.setAttribute('d', paths.area);
    }
  }
}

/** One metric in the last hour, a value a minute: from the history, then from the stream. Pure; bounded. */
export class RecentHour {
  /** @type {Map<number, number>} the last value of each minute */
  #minutes = new Map();

  /**
   * Adds the history, but keeps the current minute's value: the stream's is newer.
   * @param {string[]} at
   * @param {Array<number | null>} last
   * @param {number} now
   */
  load(at, last, now) {
    at.forEach((moment, index) => {
      const minute = minuteOf(Date.parse(moment));
      const value = last[index];
      if (value === null || (minute === minuteOf(now) && this.#minutes.has(minute))) return;
      this.#minutes.set(minute, value);
    });
    this.#removeOld(now);
  }

  /**
   * @param {number | null} value
   * @param {number} now
   */
  add(value, now) {
    if (value !== null) this.#minutes.set(minuteOf(now), value);
    this.#removeOld(now);
  }

  /**
   * @param {number} now
   * @returns {Array<number | null>} oldest first; null for an unknown minute
   */
  points(now) {
    const first = minuteOf(now) - MINUTES;
    return Array.from({ length: MINUTES + 1 }, (_, index) => this.#minutes.get(first + index) ?? null);
  }

  /** @param {number} now */
  #removeOld(now) {
    const first = minuteOf(now) - MINUTES;
    for (const minute of this.#minutes.keys()) if (minute < first) this.#minutes.delete(minute);
  }
}

/** @param {number} moment  milliseconds since 1970 */
const minuteOf = (moment) => Math.floor(moment / MINUTE);

/**
 * The paths of an SVG: the vertical axis begins at zero, unknown points are gaps. Pure.
 *
 * @param {Array<number | null>} points  oldest first, one step apart
 * @param {number} width
 * @param {number} height
 * @returns {{line: string, area: string}}
 */
export function sparkPaths(points, width, height) {
  const known = points.filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  const x = (/** @type {number} */ index) => rounded((index * width) / Math.max(1, points.length - 1));
  const room = height - 2 * PADDING;
  const y = (/** @type {number} */ value) => rounded(PADDING + room * (1 - (value - low) / (high - low || 1)));
  const runs = runsOf(points).map((run) => run.map(([index, value]) => [x(index), y(value)]));
  return { line: runs.map(linePath).join(''), area: runs.map((run) => areaPath(run, y(0))).join('') };
}

/**
 * The runs of known points between gaps, each point as [index, value].
 * @param {Array<number | null>} points
 */
function runsOf(points) {
  /** @type {Array<Array<[number, number]>>} */
  const runs = [];
  points.forEach((value, index) => {
    if (value === null) return;
    if (index === 0 || points[index - 1] === null) runs.push([]);
    runs[runs.length - 1].push([index, value]);
  });
  return runs;
}

/** @param {number[][]} run  a single point is drawn as a dot: a line of no length with round ends */
const linePath = (run) => `M${run.map((point) => point.join(' ')).join('L')}${run.length === 1 ? 'h0' : ''}`;

/**
 * @param {number[][]} run
 * @param {number} zero  the height of the axis
 */
const areaPath = (run, zero) => (run.length === 1 ? '' : `${linePath(run)}V${zero}H${run[0][0]}Z`);

/** @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;
