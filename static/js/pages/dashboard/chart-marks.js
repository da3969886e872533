// @ts-check
/** The notes and marks of the chart: a list below it, each of which opens what happened then, and a form for a new one. */

import { createElement, field, query } from '../../ui/dom.js';
import { minuteOf } from '../../ui/zone-time.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {ChartMark, MetricsApi} from './metrics-api.js'
 * @import {PageState} from './page-state.js'
 */

const MAX_LISTED = 50; // the latest; all of them are flags in the chart
const AROUND = 5 * 60_000; // milliseconds before and after a mark without an end

export class ChartMarks {
  #list;
  #api;
  #clock;
  #state;
  /** @type {ChartMark[]} */
  #shown = [];

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {MetricsApi} use.api
   * @param {Clock} use.clock
   * @param {PageState} use.state
   * @param {() => number} use.moment  at which a new note would be
   * @param {() => void} use.onAdded
   */
  constructor(root, { api, clock, state, moment, onAdded }) {
    this.#list = query(root, '.chart-marks');
    this.#api = api;
    this.#clock = clock;
    this.#state = state;
    this.#list.addEventListener('click', ({ target }) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-index]'));
      if (button) this.#open(this.#shown[Number(button.dataset.index)]);
    });
    const form = root.querySelector('.note-menu'); // absent for roles that may not write
    if (form instanceof HTMLFormElement) this.#bindForm(form, moment, onAdded);
  }

  /**
   * @param {{since: number, until: number}} range
   * @param {AbortSignal} signal
   * @returns {Promise<number[]>} when they are, in milliseconds
   */
  async load(range, signal) {
    /** @type {ChartMark[]} */
    const found = await this.#api.annotations(range, signal).catch(() => []); // the chart is worth more than its marks
    if (signal.aborted) return [];
    this.#shown = found;
    const listed = found.slice(-MAX_LISTED);
    this.#list.replaceChildren(...listed.map((mark) => this.#item(mark, found.indexOf(mark))));
    return found.map(({ at }) => Date.parse(at));
  }

  /**
   * @param {ChartMark} mark
   * @param {number} index
   */
  #item({ at, text }, index) {
    const item = createElement('li', 'chart-mark');
    const button = createElement('button', 'button button-quiet', `${this.#clock.day(at)} ${text}`);
    button.setAttribute('type', 'button');
    button.dataset.index = String(index);
    item.append(button);
    return item;
  }

  /** @param {ChartMark} mark */
  #open({ at, until, event }) {
    if (event) return this.#state.change({ event: event.eventId });
    const since = minuteOf(Date.parse(at));
    if (until) this.#state.change({ since, until: minuteOf(Date.parse(until)) + 60_000 });
    else this.#state.change({ since: since - AROUND, until: since + AROUND });
  }

  /**
   * @param {HTMLFormElement} form
   * @param {() => number} moment
   * @param {() => void} onAdded
   */
  #bindForm(form, moment, onAdded) {
    const fault = query(form, '.field-error');
    const text = field(form, 'text');
    form.addEventListener('toggle', () => {
      fault.textContent = '';
      query(form, '.note-when').textContent = this.#clock.day(moment());
      if (form.matches(':popover-open')) text.focus();
    });
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try {
        await this.#api.addAnnotation({ text: text.value.trim(), at: new Date(moment()).toISOString() });
        text.value = '';
        form.hidePopover();
        onAdded();
      } catch (error) {
        fault.textContent = /** @type {Error} */ (error).message;
      }
    });
  }
}
