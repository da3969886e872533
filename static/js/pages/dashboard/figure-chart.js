// @ts-check
/** A figure over a stretch of time: fetched, drawn, told as a table, and offered as a file. */

import { Chart } from './chart.js';
import { chartData, round, summary } from './chart-data.js';
import { chartLibrary } from './chart-library.js';
import { RANGES, WORDS, before, comparable, stretchOf, zoomed } from './chart-range.js';
import { ChartTable } from './chart-table.js';
import { exact } from '../../ui/figure.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {ChartData} from './chart-data.js'
 * @import {Kept} from './chart-range.js'
 * @import {FiguresApi, Stretch} from './figures-api.js'
 */

const NOT_INSTALLED =
  'The charts are not installed on this server, so here is the table. The next "make run" tries again to fetch them.';

/** @typedef {{metric: string, label: string, range: string, before: boolean}} Asked */

export class FigureChart {
  #root;
  #api;
  #clock;
  #kept;
  #table;
  /** @type {Chart | null} */
  #chart = null;
  /** @type {ChartData | null} */
  #data = null;
  /** @type {Stretch | null} */
  #zoom = null;
  /** @type {Asked | null} */
  #asked = null;
  #abort = new AbortController();

  /**
   * @param {HTMLElement} root
   * @param {FiguresApi} api
   * @param {Clock} clock
   * @param {Kept} kept
   */
  constructor(root, api, clock, kept) {
    this.#root = root;
    this.#api = api;
    this.#clock = clock;
    this.#kept = kept;
    this.#table = new ChartTable(/** @type {HTMLDetailsElement} */ (this.#part('.chart-table')), clock);
    this.#part('.chart-whole').addEventListener('click', () => this.#zoomTo(null));
  }

  /**
   * @param {Asked} asked
   */
  async show(asked) {
    if (asked.metric !== this.#asked?.metric || asked.range !== this.#asked.range) this.#zoom = null;
    if (asked.metric !== this.#asked?.metric) this.#chart?.clear();
    this.#asked = asked;
    await this.#load();
  }

  /** The newest figures, unless one looks at a part. */
  refresh() {
    if (this.#asked && !this.#zoom) this.#load();
  }

  close() {
    this.#abort.abort();
    this.#asked = this.#zoom = this.#data = null;
    this.#chart?.clear();
    this.#table.show(null, '');
  }

  async #load() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const asked = /** @type {Asked} */ (this.#asked);
    const stretch = this.#stretch(asked, Date.now());
    this.#part('.chart-whole').hidden = !this.#zoom;
    /** @type {HTMLAnchorElement} */ (this.#part('.chart-csv')).href = this.#api.csvUrl(
      asked.metric,
      stretch,
      this.#clock.zone,
    );
    try {
      const data = await this.#ask(asked, stretch, signal);
      const library = await chartLibrary(this.#root.dataset.library);
      if (!signal.aborted) this.#draw(data, library);
    } catch (error) {
      if (!signal.aborted) this.#note(`The history cannot be shown: ${/** @type {Error} */ (error).message}`);
    }
  }

  /**
   * @param {Asked} asked
   * @param {number} now
   */
  #stretch({ range, before: isCompared }, now) {
    const shown = this.#zoom ?? stretchOf(range, now, this.#kept);
    return isCompared ? comparable(shown, range, now, this.#kept) : shown;
  }

  /**
   * @param {Asked} asked
   * @param {Stretch} stretch
   * @param {AbortSignal} signal
   */
  async #ask({ metric, range, before: isCompared }, stretch, signal) {
    const [history, previous] = await Promise.all([
      this.#api.history([metric], stretch, signal),
      isCompared ? this.#api.history([metric], before(stretch, range), signal) : null,
    ]);
    return chartData(history, previous, RANGES[range]);
  }

  /**
   * @param {ChartData} data
   * @param {any} library
   */
  #draw(data, library) {
    const { label, range } = /** @type {Asked} */ (this.#asked);
    const host = this.#part('.chart');
    const stretch = this.#zoom ? 'part of them' : `the last ${WORDS[range]}`;
    this.#data = data;
    this.#note(library ? '' : NOT_INSTALLED);
    host.hidden = !library;
    host.setAttribute('aria-label', `${label}, ${stretch}: ${summary(data.value)}`);
    if (library) {
      this.#chart ??= new Chart(host, library, this.#clock.zone, {
        onPoint: (index) => this.#read(index),
        onZoom: (since, until) => this.#zoomTo(zoomed(since * 1000, until * 1000, Date.now(), this.#kept)),
      });
      this.#chart.show(data);
    } else /** @type {HTMLDetailsElement} */ (this.#part('.chart-table')).open = true;
    this.#table.show(data, `${label}, ${stretch}`);
    this.#read(null);
  }

  /** @param {Stretch | null} stretch */
  #zoomTo(stretch) {
    if (stretch === null && this.#zoom === null) return;
    this.#zoom = stretch ?? null;
    this.#load();
  }

  /**
   * The exact figure under the pointer; without one, the whole in words.
   * @param {number | null} index
   */
  #read(index) {
    if (!this.#data) return;
    const { at, value, earlier } = this.#data;
    const say = (/** @type {number | null} */ one) => (one === null ? 'nothing recorded' : exact(round(one)));
    const past = index !== null && earlier.length ? ` · before: ${say(earlier[index])}` : '';
    this.#part('.chart-readout').textContent =
      index === null
        ? sentence(summary(value))
        : `${this.#clock.day(at[index] * 1000)} · ${say(value[index])}${past}`;
  }

  /** @param {string} words */
  #note(words) {
    const note = this.#part('.chart-note');
    note.textContent = words;
    note.hidden = words === '';
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}

/** @param {string} words */
const sentence = (words) => words[0].toUpperCase() + words.slice(1);
