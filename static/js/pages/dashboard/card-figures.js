// @ts-check
/**
 * The figures of the cards where those of the stream do not hold: of a range that is over, or of a filter. Cards that
 * cannot obey a filter say so.
 */

import { startOfDay } from '../../ui/zone-time.js';
import { rangeText, timeRangeOf } from './page-range.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {Cards} from './cards.js'
 * @import {HistoryRetention} from './chart-range.js'
 * @import {MetricsApi} from './metrics-api.js'
 * @import {PageState, PageView} from './page-state.js'
 */

const REFRESH_INTERVAL = 30_000; // milliseconds, while a filter is set
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * @typedef {'stream' | 'history' | 'activity'} FigureSource
 * @typedef {{source: FigureSource, isFiltered: boolean}} FigurePlan  `isFiltered`: false if the filter is not obeyed
 */

/**
 * Where the figure of a card comes from. Pure.
 * @param {string} metric
 * @param {Pick<PageView, 'type' | 'user' | 'channel'>} filter
 * @param {boolean} isPast
 * @returns {FigurePlan}
 */
function figurePlan(metric, { type, user, channel }, isPast) {
  const isMessages = metric === 'messagesToday' || metric === 'messagesLastHour';
  const hasFilter = type !== '' || user !== '' || channel !== '';
  const obeys = isMessages && (type === '' || type === 'message.sent');
  const isFiltered = !hasFilter || obeys;
  if (isMessages && (isPast || (hasFilter && obeys))) return { source: 'activity', isFiltered };
  return { source: isPast ? 'history' : 'stream', isFiltered };
}

/**
 * "end of yesterday", "Yesterday 09:30". Pure.
 * @param {number} end
 * @param {number} now
 * @param {string} zone
 */
function endText(end, now, zone) {
  if (end !== startOfDay(end, zone)) return rangeText({ since: end, until: end }, now, zone).replace(/–.*/, '');
  const day = rangeText({ since: startOfDay(end - 1, zone), until: end }, now, zone);
  return `end of ${day.replace(/^(To|Yester)day$/, (name) => name.toLowerCase())}`;
}

export class CardFigures {
  #cards;
  #api;
  #state;
  #clock;
  #retention;
  #abort = new AbortController();

  /**
   * @param {Cards} cards
   * @param {MetricsApi} api
   * @param {object} use
   * @param {PageState} use.state
   * @param {Clock} use.clock
   * @param {HistoryRetention} use.retention
   */
  constructor(cards, api, { state, clock, retention }) {
    this.#cards = cards;
    this.#api = api;
    this.#state = state;
    this.#clock = clock;
    this.#retention = retention;
    state.subscribe(() => this.#load());
    setInterval(() => document.hidden || !this.#hasFilter() || this.#load(), REFRESH_INTERVAL);
    this.#load();
  }

  #hasFilter() {
    const { type, user, channel } = this.#state.view;
    return Boolean(type || user || channel);
  }

  async #load() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { view } = this.#state;
    const now = Date.now();
    const range = timeRangeOf(view, now, this.#clock.zone);
    const plans = new Map(this.#cards.metrics.map((metric) => [metric, figurePlan(metric, view, !range.isOpen)]));
    if ([...plans.values()].every(({ source, isFiltered }) => source === 'stream' && isFiltered))
      return this.#cards.override(new Map());
    const end = range.isOpen ? now : range.until;
    const metricsOf = (/** @type {FigureSource} */ source) =>
      [...plans].filter(([, plan]) => plan.source === source).map(([metric]) => metric);
    const [levels, amounts] = await Promise.all([
      this.#levels(metricsOf('history'), end, now, signal),
      this.#amounts(metricsOf('activity'), end, signal),
    ]);
    if (signal.aborted) return;
    const values = new Map([...levels, ...amounts]);
    const hint = range.isOpen ? '' : endText(end, now, this.#clock.zone);
    this.#cards.override(
      new Map([...plans].map(([metric, { source, isFiltered }]) => {
        const value = source === 'stream' ? undefined : (values.get(metric) ?? null);
        return [metric, { value, hint: [hint, isFiltered ? '' : 'not filtered'].filter(Boolean).join(' · ') }];
      })),
    );
  }

  /**
   * The last figures before a moment.
   * @param {string[]} metrics
   * @param {number} end
   * @param {number} now
   * @param {AbortSignal} signal
   * @returns {Promise<Array<[string, number | null]>>}
   */
  async #levels(metrics, end, now, signal) {
    if (metrics.length === 0) return [];
    const { minutesFor, tick } = this.#retention;
    const areMinutesKept = now - end < 1000 * minutesFor - HOUR && tick < 60;
    const [length, step] = areMinutesKept ? [5 * MINUTE, '1m'] : [2 * HOUR, '1h'];
    try {
      const { series } = await this.#api.history(metrics, { since: end - length, until: end, step }, signal);
      return series.map(({ metric, last }) => [metric, last.findLast((value) => value !== null) ?? null]);
    } catch {
      return []; // the chart says what is wrong
    }
  }

  /**
   * Exact counts of messages up to a moment.
   * @param {string[]} metrics
   * @param {number} end
   * @param {AbortSignal} signal
   * @returns {Promise<Array<[string, number | null]>>}
   */
  async #amounts(metrics, end, signal) {
    const { user, channel } = this.#state.view;
    const { zone } = this.#clock;
    const count = async (/** @type {string} */ metric) => {
      const since = metric === 'messagesLastHour' ? end - HOUR : startOfDay(end - 1, zone);
      const time = { since, until: end, step: '1h' };
      const asked = { of: 'messages', time, filter: { user, channel }, compare: /** @type {const} */ ('none'), timeZone: zone };
      const { total } = await this.#api.activity(asked, signal).catch(() => ({ total: null }));
      return /** @type {[string, number | null]} */ ([metric, total]);
    };
    return Promise.all(metrics.map(count));
  }
}
