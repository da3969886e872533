// @ts-check
/** The values of a chart as a table, for screen readers and for exact numbers; filled when it is opened. */

import { query } from '../../ui/dom.js';
import { fullNumber } from '../../ui/number-format.js';
import { rounded } from './chart-data.js';

/** @import {ChartData, Values} from './chart-data.js' */

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
    const data = this.#details.open ? this.#data : null;
    const columns = /** @type {Array<[string, Values]>} */ (
      ['lowest', 'highest', 'earlier'].map((name) => [name, data?.[/** @type {'lowest'} */ (name)] ?? []])
    );
    query(this.#details, 'caption').textContent = this.#caption;
    query(this.#details, '.table-value').textContent = data?.areAmounts === false ? 'Last' : 'Count';
    for (const [name, values] of columns) query(this.#details, `.table-${name}`).hidden = values.length === 0;
    const shown = columns.map(([, values]) => values).filter(({ length }) => length > 0);
    query(this.#details, 'tbody').replaceChildren(
      ...(data?.at ?? []).map((at, index) =>
        tableRow(this.#clock.day(at), [data?.value[index], ...shown.map((values) => values[index])]),
      ),
    );
  }
}

/**
 * @param {string} time
 * @param {Array<number | null | undefined>} values
 */
function tableRow(time, values) {
  const element = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = time;
  const cells = values.map((value) => {
    const cell = document.createElement('td');
    cell.textContent = value === null || value === undefined ? '–' : fullNumber(rounded(value));
    return cell;
  });
  element.append(head, ...cells);
  return element;
}
