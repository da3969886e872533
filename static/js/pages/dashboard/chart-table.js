// @ts-check
/** The figures of a chart as a table: filled when it is opened, for a screen reader or anybody who wants them exact. */

import { round } from './chart-data.js';
import { exact } from '../../ui/figure.js';

/** @import {ChartData} from './chart-data.js' */

export class ChartTable {
  #details;
  #clock;
  /** @type {ChartData | null} */
  #data = null;
  #caption = '';

  /**
   * @param {HTMLDetailsElement} details  holds a table with a caption
   * @param {{day: (moment: number) => string}} clock
   */
  constructor(details, clock) {
    this.#details = details;
    this.#clock = clock;
    details.addEventListener('toggle', () => this.#draw());
  }

  /**
   * @param {ChartData | null} data
   * @param {string} caption
   */
  show(data, caption) {
    this.#data = data;
    this.#caption = caption;
    this.#draw();
  }

  #draw() {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (this.#details.querySelector(name));
    const data = this.#details.open ? this.#data : null;
    const hasEarlier = Boolean(data?.earlier.length);
    part('caption').textContent = this.#caption;
    part('.table-earlier').hidden = !hasEarlier;
    part('tbody').replaceChildren(
      ...(data?.at ?? []).map((at, index) =>
        row(this.#clock.day(at * 1000), [data?.value[index], ...(hasEarlier ? [data?.earlier[index]] : [])]),
      ),
    );
  }
}

/**
 * @param {string} time
 * @param {Array<number | null | undefined>} values
 */
function row(time, values) {
  const element = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = time;
  const cells = values.map((value) => {
    const cell = document.createElement('td');
    cell.textContent = value === null || value === undefined ? '–' : exact(round(value));
    return cell;
  });
  element.append(head, ...cells);
  return element;
}
