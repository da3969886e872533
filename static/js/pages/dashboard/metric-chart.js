// @ts-check
/** The history of a metric in its panel: fetched, drawn as a chart and a table, and linked as a CSV file. */

import { query } from '../../ui/dom.js';
import { chartData, stepText, summary } from './chart-data.js';
import { RANGES, RANGE_TEXTS, comparableRange, previousRange, rangeUpTo, zoomedRange } from './chart-range.js';
import { ChartTable } from './chart-table.js';
import { Chart, loadChartLibrary } from './chart.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {ChartData} from './chart-data.js'
 * @import {HistoryRetention} from './chart-range.js'
 * @import {MetricsApi, TimeRange} from './metrics-api.js'
 */

const NOT_INSTALLED =
  'The charts are not installed on this server, so here is the table. The next "make run" tries again to fetch them.';

/** @typedef {{metric: string, label: string, range: string, before: boolean}} ChartRequest */

export class MetricChart {
  #root;
  #api;
  #clock;
  #retention;
  #table;
  /** @type {Chart | null} */
  #chart = null;
  /** @type {ChartData | null} */
  #data = null;
  /** @type {TimeRange | null} */
  #zoom = null;
  /** @type {ChartRequest | null} */
  #request = null;
  #abort = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {MetricsApi} api
   * @param {Clock} clock
   * @param {HistoryRetention} retention
   */
  constructor(root, api, clock, retention) {
    this.#root = root;
    this.#api = api;
    this.#clock = clock;
    this.#retention = retention;
    this.#table = new ChartTable(query(root, '.chart-table', HTMLDetailsElement), clock);
    query(this.#root, '.chart-whole').addEventListener('click', () => this.#zoomTo(null));
  }

  /**
   * @param {ChartRequest} request
   */
  async show(request) {
    if (request.metric !== this.#request?.metric || request.range !== this.#request.range) this.#zoom = null;
    if (request.metric !== this.#request?.metric) this.#chart?.clear();
    this.#request = request;
    await this.#load();
  }

  /** Loads the newest values, unless a part of the range is shown. */
  refresh() {
    if (this.#request && !this.#zoom) this.#load();
  }

  close() {
    this.#abort.abort();
    this.#request = null;
    this.#zoom = null;
    this.#data = null;
    this.#chart?.clear();
    this.#table.show(null, '');
  }

  async #load() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const request = /** @type {ChartRequest} */ (this.#request);
    const timeRange = this.#timeRange(request, Date.now());
    query(this.#root, '.chart-whole').hidden = !this.#zoom;
    const csv = query(this.#root, '.chart-csv', HTMLAnchorElement);
    csv.href = this.#api.csvUrl(request.metric, timeRange, this.#clock.zone);
    try {
      const data = await this.#fetch(request, timeRange, signal);
      const library = await loadChartLibrary(this.#root.dataset.library);
      if (!signal.aborted) this.#draw(data, library);
    } catch (error) {
      if (!signal.aborted) this.#showNote(`The history cannot be shown: ${/** @type {Error} */ (error).message}`);
    }
  }

  /**
   * @param {ChartRequest} request
   * @param {number} now
   */
  #timeRange({ range, before: isCompared }, now) {
    const shown = this.#zoom ?? rangeUpTo(range, now, this.#retention);
    return isCompared ? comparableRange(shown, range, now, this.#retention) : shown;
  }

  /**
   * @param {ChartRequest} request
   * @param {TimeRange} timeRange
   * @param {AbortSignal} signal
   */
  async #fetch({ metric, range, before: isCompared }, timeRange, signal) {
    const [history, previous] = await Promise.all([
      this.#api.history([metric], timeRange, signal, !isCompared),
      isCompared ? this.#api.history([metric], previousRange(timeRange, range), signal) : null,
    ]);
    return chartData(history, previous, RANGES[range]);
  }

  /**
   * @param {ChartData} data
   * @param {Awaited<ReturnType<typeof loadChartLibrary>>} library
   */
  #draw(data, library) {
    const { label, range } = /** @type {ChartRequest} */ (this.#request);
    const host = query(this.#root, '.chart');
    const timeRange = this.#zoom ? 'part of them' : `the last ${RANGE_TEXTS[range]}`;
    this.#data = data;
    this.#showNote(library ? '' : NOT_INSTALLED);
    host.hidden = !library;
    host.setAttribute('aria-label', `${label}, ${timeRange}: ${summary(data)}`);
    if (library) {
      this.#chart ??= new Chart(host, library, this.#clock.zone, {
        onPoint: (index) => this.#showValue(index),
        onZoom: (since, until) => this.#zoomTo(zoomedRange(since * 1000, until * 1000, Date.now(), this.#retention)),
      });
      this.#chart.show(data);
    } else query(this.#root, '.chart-table', HTMLDetailsElement).open = true;
    this.#table.show(data, `${label}, ${timeRange}`);
    query(this.#root, '.chart-key').textContent = library ? keyText(data) : '';
    this.#showValue(null);
  }

  /** @param {TimeRange | null} timeRange */
  #zoomTo(timeRange) {
    if (timeRange === null && this.#zoom === null) return;
    this.#zoom = timeRange ?? null;
    this.#load();
  }

  /**
   * Shows the exact value under the pointer; without one, the summary.
   * @param {number | null} index
   */
  #showValue(index) {
    if (!this.#data) return;
    query(this.#root, '.chart-readout').textContent =
      index === null
        ? sentence(summary(this.#data))
        : `${this.#clock.day(this.#data.at[index] * 1000)} · ${stepText(this.#data, index)}`;
  }

  /** @param {string} text */
  #showNote(text) {
    const note = query(this.#root, '.chart-note');
    note.textContent = text;
    note.hidden = text === '';
  }
}

/**
 * What the bands are, in words.
 * @param {ChartData} data
 */
const keyText = ({ isLevel, usual }) =>
  [
    ...(isLevel ? ['Around the line: the lowest and the highest within each step.'] : []),
    ...(usual ? ['Dotted, with a pale band: what is usual at this time of the week.'] : []),
  ].join(' ');

/** @param {string} text */
const sentence = (text) => text[0].toUpperCase() + text.slice(1);
