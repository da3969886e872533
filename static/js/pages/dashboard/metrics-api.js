// @ts-check
/** The dashboard's requests about metrics: amounts, history, notes on them, explanation, and the choice of cards. */

import { requestJson } from '../../ui/http.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {HttpEnvironment} from '../../ui/http.js'
 * @import {EventFilter} from './feed-filter.js'
 * @import {CompareWith} from './page-state.js'
 */

const MAX_METRICS = 20; // the server's limit for a request
const TIMEOUT = 20_000; // milliseconds; a long range takes more than other requests

/**
 * @typedef {object} MetricSeries
 * @property {string} metric
 * @property {string} unit
 * @property {'level' | 'amount'} kind
 * @property {Array<number | null>} value
 * @property {Array<number | null>} min
 * @property {Array<number | null>} max
 * @property {Array<number | null>} last
 * @property {Array<number | null>} [expected]  what is usual; it, low, high and learning are there if wanted
 * @property {Array<number | null>} [low]
 * @property {Array<number | null>} [high]
 * @property {boolean} [learning]  whether too little is known to expect anything
 *
 * @typedef {{at: string[], series: MetricSeries[]}} MetricHistory
 * @typedef {{since: number, until: number, step: string}} TimeRange  in milliseconds since 1970
 *
 * @typedef {{at: string, count: number, partial?: boolean}} ActivityPoint  `at`: the beginning of the bucket
 * @typedef {{points: ActivityPoint[], total: number}} ActivityOfRange
 * @typedef {ActivityOfRange & {previous?: ActivityOfRange | null}} Activity
 *
 * @typedef {object} ActivityQuery
 * @property {string} of  "messages", "events" or an event type
 * @property {TimeRange} time
 * @property {Pick<EventFilter, 'user' | 'channel'>} filter
 * @property {CompareWith} compare
 * @property {string} timeZone  in which days begin
 *
 * @typedef {object} ChartMark  a note, or a mark that stands for an event or a change
 * @property {string} at
 * @property {string | null} until
 * @property {string} text
 * @property {string} kind  "note", "deploy", "incident", or of a derived mark
 * @property {{eventId: string}} [event]  of a mark that stands for an event
 *
 * @typedef {object} ExplanationResponse
 * @property {object} data
 * @property {string} data.meaning
 * @property {{words: string, since: string | null, until: string}} data.window
 * @property {{words: string}} data.source
 * @property {number | null} [data.stale]  seconds by which the value was old
 * @property {LogEntry[]} data.events  the last that count
 */

export class MetricsApi {
  #environment;
  #root;

  /**
   * @param {string} workspace  slug or id
   * @param {HttpEnvironment} environment
   */
  constructor(workspace, environment) {
    this.#environment = environment;
    this.#root = `/api/workspaces/${encodeURIComponent(workspace)}`;
  }

  /**
   * @param {string[]} metrics  any number of them
   * @param {TimeRange} timeRange
   * @param {AbortSignal} [signal]
   * @param {boolean} [isUsualWanted]
   * @returns {Promise<MetricHistory>}
   */
  async history(metrics, timeRange, signal, isUsualWanted = false) {
    /** @type {Promise<{data: MetricHistory}>[]} */
    const requests = [];
    for (let from = 0; from < metrics.length; from += MAX_METRICS) {
      const url = this.#historyUrl(metrics.slice(from, from + MAX_METRICS), timeRange);
      const path = isUsualWanted ? `${url}&expected=1` : url;
      requests.push(requestJson(this.#environment, path, { signal, timeout: TIMEOUT }));
    }
    const responses = await Promise.all(requests);
    return { at: responses[0].data.at, series: responses.flatMap(({ data }) => data.series) };
  }

  /**
   * @param {ActivityQuery} query
   * @param {AbortSignal} [signal]
   * @returns {Promise<Activity>}  a count for each bucket
   */
  async activity(query, signal) {
    /** @type {{data: Activity}} */
    const { data } = await requestJson(this.#environment, this.#activityUrl(query), { signal, timeout: TIMEOUT });
    return data;
  }

  /**
   * Notes and marks that touch a stretch of time.
   * @param {{since: number, until: number}} range
   * @param {AbortSignal} [signal]
   * @returns {Promise<ChartMark[]>}
   */
  async annotations({ since, until }, signal) {
    const query = new URLSearchParams({ since: new Date(since).toISOString(), until: new Date(until).toISOString() });
    /** @type {{data: ChartMark[]}} */
    const { data } = await requestJson(this.#environment, `${this.#root}/analytics/annotations?${query}`, { signal });
    return data;
  }

  /** @param {{text: string, at: string}} note */
  async addAnnotation(note) {
    await requestJson(this.#environment, `${this.#root}/analytics/annotations`, { method: 'POST', body: note });
  }

  /** @param {ActivityQuery} query */
  activityCsvUrl(query) {
    return `${this.#activityUrl(query)}&format=csv`;
  }

  /**
   * @param {string} metric
   * @param {TimeRange} timeRange
   * @param {string} timeZone
   */
  historyCsvUrl(metric, timeRange, timeZone) {
    return `${this.#historyUrl([metric], timeRange)}&tz=${encodeURIComponent(timeZone)}&format=csv`;
  }

  /**
   * @param {string} metric
   * @returns {Promise<ExplanationResponse>}
   */
  explain(metric) {
    const url = `${this.#root}/analytics/explain?metric=${encodeURIComponent(metric)}`;
    return requestJson(this.#environment, url, { timeout: TIMEOUT });
  }

  /**
   * @param {string[] | null} cards  null: the default ones
   * @returns {Promise<{data: {cards: string[], others: string[]}}>}
   */
  saveCards(cards) {
    const request = { method: 'PUT', body: { cards }, timeout: TIMEOUT };
    return requestJson(this.#environment, `${this.#root}/dashboard`, request);
  }

  /** @param {ActivityQuery} query */
  #activityUrl({ of, time: { since, until, step }, filter: { user, channel }, compare, timeZone }) {
    const [from, to] = [since, until].map((moment) => new Date(moment).toISOString());
    const query = new URLSearchParams({ of, since: from, until: to, step, tz: timeZone });
    for (const [name, value] of Object.entries({ user, channel })) if (value) query.set(name, value);
    if (compare !== 'none') query.set('compare', compare);
    return `${this.#root}/analytics/activity?${query}`;
  }

  /**
   * @param {string[]} metrics
   * @param {TimeRange} timeRange
   */
  #historyUrl(metrics, { since, until, step }) {
    const [from, to] = [since, until].map((moment) => new Date(moment).toISOString());
    return `${this.#root}/analytics/history?metric=${metrics.join(',')}&since=${from}&until=${to}&step=${step}`;
  }
}
