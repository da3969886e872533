// @ts-check
/** The chart of the page: fetched, drawn with its table and readout, linked as a CSV file, and growing with the stream. */

import { query, setText } from '../../ui/dom.js';
import { amountsData, barsIn, bucketRange, finerTime, grown, levelsData } from './chart-data.js';
import { loadChartLibrary } from './chart-library.js';
import { isCounted } from './chart-query.js';
import { STEP_NAMES } from './chart-range.js';
import { ChartTable } from './chart-table.js';
import { ChartMarks } from './chart-marks.js';
import { barText, keyText, selectionText } from './chart-text.js';
import { Chart } from './chart.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {SelectedBars} from './bar-selection.js'
 * @import {ChartData} from './chart-data.js'
 * @import {ChartQuery} from './chart-query.js'
 * @import {MetricsApi} from './metrics-api.js'
 * @import {PageState} from './page-state.js'
 */

const NOT_INSTALLED =
  'The charts are not installed on this server, so here is the table. The next "make run" tries again to fetch them.';
const DRAW_INTERVAL = 250; // milliseconds, however fast events arrive
const RECOUNT_AFTER = 2000; // milliseconds after a message was taken back

export class MetricChart {
  #root;
  #api;
  #clock;
  #table;
  #state;
  #marks;
  /** @type {Chart | null} */
  #chart = null;
  /** @type {ChartData | null} */
  #data = null;
  /** @type {SelectedBars | null} */
  #selected = null;
  /** @type {ChartQuery | null} */
  #query = null;
  /** @type {ChartQuery | null} what is drawn, while something else is being fetched */
  #drawn = null;
  #label = '';
  #askedAt = 0;
  #abort = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #drawTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #recountTimer;

  /**
   * @param {HTMLElement} root
   * @param {MetricsApi} api
   * @param {Clock} clock
   * @param {PageState} state
   */
  constructor(root, api, clock, state) {
    this.#root = root;
    this.#api = api;
    this.#clock = clock;
    this.#state = state;
    this.#marks = new ChartMarks(root, {
      api,
      clock,
      state,
      moment: () => (this.#selected && this.#data ? this.#data.at[this.#selected.from] : Date.now()),
      onAdded: () => this.#query && this.show(this.#query, this.#label),
    });
    this.#table = new ChartTable(query(root, '.chart-table', HTMLDetailsElement), clock);
    query(root, '.chart-open').addEventListener('click', () => this.#selected && this.#open(this.#selected));
  }

  /**
   * Loads and draws. A selection lasts as long as the same is shown.
   * @param {ChartQuery} asked
   * @param {string} label
   */
  async show(asked, label) {
    this.#query = asked;
    this.#label = label;
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    clearTimeout(this.#recountTimer);
    this.#askedAt = Date.now();
    try {
      const data = await this.#fetch(asked, signal);
      const library = await loadChartLibrary(this.#root.dataset.library);
      if (signal.aborted) return;
      this.#showData(data, library);
      this.#chart?.mark(await this.#marks.load(asked.time, signal));
    } catch (error) {
      if (!signal.aborted) this.#showNote(`The chart cannot be shown: ${/** @type {Error} */ (error).message}`);
    }
  }

  /**
   * An event of the stream. One that the page had missed may have been counted by the server before.
   * @param {AnalyticsEvent} event
   * @param {boolean} wasMissed
   */
  add(event, wasMissed) {
    if (!this.#query || !this.#data || !this.#query.range.isOpen) return;
    if (wasMissed && Date.parse(event.timestamp) <= this.#askedAt) return;
    if (event.eventType === 'message.deleted' && this.#query.metric === 'messages') this.#recountSoon();
    if (!isCounted(this.#query, event)) return;
    const data = grown(this.#data, Date.parse(event.timestamp));
    if (data === null) return this.#recountSoon();
    this.#data = data;
    this.#drawTimer ??= setTimeout(() => this.#draw(), DRAW_INTERVAL);
  }

  #recountSoon() {
    clearTimeout(this.#recountTimer);
    this.#recountTimer = setTimeout(() => this.#query && this.show(this.#query, this.#label), RECOUNT_AFTER);
  }

  /** @param {ChartQuery} asked */
  #activityQuery({ metric, time, filter, compare }) {
    return { of: metric, time, filter, compare, timeZone: this.#clock.zone };
  }

  /** @param {ChartData} data */
  #showCsv({ at, step }) {
    const asked = /** @type {ChartQuery} */ (this.#query);
    const time = { ...asked.time, since: at[0] ?? asked.time.since, step };
    query(this.#root, '.chart-csv', HTMLAnchorElement).href =
      asked.kind === 'amounts'
        ? this.#api.activityCsvUrl(this.#activityQuery({ ...asked, time }))
        : this.#api.historyCsvUrl(asked.metric, time, this.#clock.zone);
  }

  /**
   * @param {ChartQuery} asked
   * @param {AbortSignal} signal
   */
  async #fetch(asked, signal) {
    const { kind, metric, time, compared } = asked;
    if (kind === 'amounts') {
      const data = amountsData(await this.#api.activity(this.#activityQuery(asked), signal), time.step);
      const finer = finerTime(data, time);
      if (finer === null) return data;
      return amountsData(await this.#api.activity(this.#activityQuery({ ...asked, time: finer }), signal), finer.step);
    }
    const [history, previous] = await Promise.all([
      this.#api.history([metric], time, signal, !compared),
      compared && this.#api.history([metric], compared, signal),
    ]);
    return levelsData(history, previous, time);
  }

  /**
   * @param {ChartData} data
   * @param {Awaited<ReturnType<typeof loadChartLibrary>>} library
   */
  #showData(data, library) {
    const host = query(this.#root, '.chart');
    const before = this.#selected && this.#data ? bucketRange(this.#data, this.#selected.from, this.#selected.to) : null;
    this.#data = data;
    setText(query(this.#root, '.chart-step'), `${this.#query?.filter.type ?? ''} ${STEP_NAMES[data.step]}`);
    this.#showCsv(data);
    this.#showNote(library ? '' : NOT_INSTALLED);
    host.hidden = !library;
    setText(query(this.#root, '.chart-key'), library ? keyText(data) : '');
    if (!library) query(this.#root, '.chart-table', HTMLDetailsElement).open = true;
    else {
      this.#chart ??= new Chart(host, library, this.#clock.zone, {
        onPoint: (index) => this.#showText(index),
        onSelect: (bars) => this.#select(bars),
        onOpen: (bars) => this.#open(bars),
      });
    }
    const asked = /** @type {ChartQuery} */ (this.#query);
    const isSame = this.#drawn !== null && !isOther(this.#drawn, asked);
    this.#selected = isSame ? before && barsIn(data, before) : this.#barsOfRange();
    this.#drawn = asked;
    this.#draw();
  }

  #draw() {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    if (!this.#data) return;
    this.#chart?.show(this.#data);
    this.#chart?.select(this.#selected);
    this.#table.show(this.#data, `${this.#label}, ${selectionText(this.#data, null, this.#context())}`);
    this.#showText(null);
  }

  /** The bars of a short range, around which the chart shows more; null if it shows no more than the range. */
  #barsOfRange() {
    const { range, time } = /** @type {ChartQuery} */ (this.#query);
    if (range.since === time.since && range.until === time.until) return null;
    return barsIn(/** @type {ChartData} */ (this.#data), range);
  }

  /** @param {SelectedBars | null} bars */
  #select(bars) {
    this.#selected = bars;
    this.#chart?.select(bars);
    this.#showText(null);
  }

  /** @param {SelectedBars} bars */
  #open({ from, to }) {
    if (this.#data) this.#state.change(bucketRange(this.#data, from, to));
  }

  /**
   * Shows the bar under the pointer, unless it is a selected one; without one, the selection or all of it.
   * @param {number | null} pointed
   */
  #showText(pointed) {
    if (!this.#data) return;
    const [data, selected, host] = [this.#data, this.#selected, query(this.#root, '.chart')];
    const text = selectionText(data, selected, this.#context());
    const readout = query(this.#root, '.chart-readout');
    const isSelected = selected !== null && pointed !== null && selected.from <= pointed && pointed <= selected.to;
    const isBar = pointed !== null && pointed < data.at.length && !isSelected;
    setText(readout, isBar ? barText(data, pointed, this.#context()) : text);
    query(this.#root, '.chart-open').hidden = !selected || isWhole(selected, data) || this.#isRange(selected);
    host.setAttribute('aria-label', `${this.#label} ${STEP_NAMES[data.step]}`);
    host.setAttribute('aria-valuemax', String(Math.max(0, data.at.length - 1)));
    host.setAttribute('aria-valuenow', String(Math.min(selected?.to ?? data.at.length - 1, data.at.length - 1)));
    host.setAttribute('aria-valuetext', text);
  }

  /** Whether these bars are the range of the page already. @param {SelectedBars} bars */
  #isRange({ from, to }) {
    const own = this.#barsOfRange();
    return own !== null && own.from === from && own.to === to;
  }

  #context() {
    const { compare, time } = /** @type {ChartQuery} */ (this.#query);
    return { now: Date.now(), zone: this.#clock.zone, compare, until: time.until };
  }

  /** @param {string} text */
  #showNote(text) {
    const note = query(this.#root, '.chart-note');
    note.textContent = text;
    note.hidden = text === '';
  }
}

/**
 * Whether something else is shown, and not the same a minute later.
 * @param {ChartQuery} one
 * @param {ChartQuery} other
 */
function isOther(one, other) {
  const key = (/** @type {ChartQuery} */ { metric, filter, range, time }) =>
    JSON.stringify([metric, filter, time.step, range.isOpen ? null : [range.since, range.until]]);
  return key(one) !== key(other);
}

/**
 * @param {SelectedBars} bars
 * @param {ChartData} data
 */
const isWhole = ({ from, to }, { at }) => from === 0 && to === at.length - 1;
