// @ts-check
/** Today's events by type, as bars: the most frequent first. */

import { exact } from '../../ui/figure.js';
import { rankTypes } from './type-ranking.js';

/** @import {RankedType} from './type-ranking.js' */

export class TypeCounts {
  #list;
  #template;
  #total;
  #others;
  #none;

  /** @param {HTMLElement} root */
  constructor(root) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#list = part('ol');
    this.#template = /** @type {HTMLTemplateElement} */ (part('template'));
    this.#total = part('.counts-total');
    this.#others = part('.counts-others');
    this.#none = part('.counts-none');
  }

  /** @param {{eventCounts: Record<string, number>}} stats */
  show({ eventCounts }) {
    const { ranked, total, others } = rankTypes(eventCounts);
    this.#resize(ranked.length);
    ranked.forEach((type, at) => fill(/** @type {HTMLElement} */ (this.#list.children[at]), type));
    this.#total.textContent = exact(total);
    this.#none.hidden = total > 0;
    this.#others.hidden = others === 0;
    this.#others.textContent = `and ${exact(others)} of other types`;
  }

  /** @param {number} length */
  #resize(length) {
    while (this.#list.childElementCount > length) this.#list.lastElementChild?.remove();
    while (this.#list.childElementCount < length) this.#list.append(this.#template.content.cloneNode(true));
  }
}

/**
 * @param {HTMLElement} row
 * @param {RankedType} ranked
 */
function fill(row, { type, count, share, hue }) {
  const [, name, value] = /** @type {any} */ (row.children);
  row.dataset.hue = String(hue);
  row.style.setProperty('--share', share.toFixed(4));
  name.textContent = name.title = type;
  value.textContent = exact(count);
}
