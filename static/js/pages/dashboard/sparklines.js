// @ts-check
/** The sparklines on the cards: the last hour from history, then what the stream brings. */

import { stretchOf } from './chart-range.js';
import { metricValue } from './metric-value.js';
import { RecentHour } from './recent-hour.js';
import { sparkPaths } from './spark-path.js';

/**
 * @import {Kept} from './chart-range.js'
 * @import {FiguresApi} from './figures-api.js'
 */

const AGAIN_AFTER = 60_000; // a line that comes and goes is no reason to ask history each time
const [WIDTH, HEIGHT] = [60, 20]; // as in the template's viewBox

export class Sparklines {
  #api;
  #kept;
  /** @type {Map<string, {hour: RecentHour, line: Element, area: Element}>} */
  #sparks = new Map();
  #loadedAt = -Infinity;

  /**
   * @param {ParentNode} root  holds elements with `data-metric`, each with a `.spark`
   * @param {FiguresApi} api
   * @param {Kept} kept
   */
  constructor(root, api, kept) {
    this.#api = api;
    this.#kept = kept;
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-metric]'))) {
      const part = (/** @type {string} */ selector) => /** @type {Element} */ (card.querySelector(selector));
      const hour = new RecentHour();
      this.#sparks.set(card.dataset.metric ?? '', { hour, line: part('.spark-line'), area: part('.spark-area') });
    }
  }

  /**
   * Asks history for what was not heard; fails silently, for the line then grows from what is heard.
   * @param {number} now
   */
  async load(now) {
    if (now - this.#loadedAt < AGAIN_AFTER) return;
    this.#loadedAt = now;
    try {
      const stretch = stretchOf('1h', now, this.#kept);
      const { at, series } = await this.#api.history([...this.#sparks.keys()], stretch);
      for (const { metric, last } of series) this.#sparks.get(metric)?.hour.load(at, last, now);
      this.#draw(now);
    } catch {
      this.#loadedAt = -Infinity;
    }
  }

  /** @param {Record<string, any>} stats */
  hear(stats) {
    const now = Date.parse(stats.timestamp);
    for (const [metric, { hour }] of this.#sparks)
      if (stats.stale?.[metric] === undefined) hour.hear(metricValue(stats, metric), now);
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
