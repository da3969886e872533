// @ts-check
/** The panel of today's events by type, as bars: the most frequent first. */

import { query, resizeList } from '../../ui/dom.js';
import { fullNumber } from '../../ui/number-format.js';
import { typeColour } from '../../ui/type-colour.js';

/**
 * @typedef {object} RankedType
 * @property {string} type
 * @property {number} count
 * @property {number} share  of the most frequent type: 0 to 1
 * @property {number} colour
 */

/** Under this name the server sums the types that it does not list. */
const OTHER = 'other';

export class TypeCounts {
  #list;
  #template;
  #total;
  #others;
  #none;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#list = query(root, 'ol');
    this.#template = query(root, 'template', HTMLTemplateElement);
    this.#total = query(root, '.counts-total');
    this.#others = query(root, '.counts-others');
    this.#none = query(root, '.counts-none');
  }

  /** @param {{eventCounts: Record<string, number>}} stats */
  show({ eventCounts }) {
    const { ranked, total, others } = rankTypes(eventCounts);
    resizeList(this.#list, this.#template, ranked.length);
    ranked.forEach((type, at) => fillRow(/** @type {HTMLElement} */ (this.#list.children[at]), type));
    this.#total.textContent = fullNumber(total);
    this.#none.hidden = total > 0;
    this.#others.hidden = others === 0;
    this.#others.textContent = `and ${fullNumber(others)} of other types`;
  }
}

/**
 * @param {HTMLElement} row
 * @param {RankedType} ranked
 */
function fillRow(row, { type, count, share, colour }) {
  const [, name, value] = /** @type {HTMLElement[]} */ ([...row.children]);
  row.dataset.hue = String(colour);
  row.style.setProperty('--share', share.toFixed(4));
  name.textContent = type;
  name.title = type;
  value.textContent = fullNumber(count);
}

/**
 * The types in the order in which they are shown. Pure.
 *
 * @param {Record<string, number>} counts  by event type
 * @returns {{ranked: RankedType[], total: number, others: number}} `others`: events of types that are not listed
 */
export function rankTypes(counts) {
  const { [OTHER]: others = 0, ...listed } = counts;
  const sorted = Object.entries(listed).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const most = sorted[0]?.[1] ?? 0;
  return {
    ranked: sorted.map(([type, count]) => ({ type, count, share: count / most, colour: typeColour(type) })),
    total: sorted.reduce((sum, [, count]) => sum + count, others),
    others,
  };
}
