// @ts-check
/** The list of findings: a row each from the beginning, filled in as it becomes known. */

import { bindCopyButtons } from '../../ui/copy-button.js';
import { othersText } from './remedies.js';

/** @import {Finding} from './findings.js' */

const SPOKEN = { waiting: 'Looking', good: 'Good', warn: 'Attention', bad: 'Wrong', none: 'Not told' };

export class FindingList {
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list
   * @param {HTMLTemplateElement} template
   * @param {string[]} titles
   */
  constructor(list, template, titles) {
    titles.forEach((title, index) => {
      const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
      part(row, 'h2').textContent = title;
      part(row, 'pre').id = `remedy-${index}`;
      part(row, 'button').dataset.copy = `remedy-${index}`;
      this.#rows.set(title, row);
      list.append(row);
    });
    bindCopyButtons(list);
  }

  /**
   * @param {string} title
   * @param {Finding} finding
   */
  show(title, { tone, words, remedy }) {
    const row = /** @type {HTMLElement} */ (this.#rows.get(title));
    row.dataset.tone = tone;
    set(part(row, '.finding-state'), SPOKEN[tone]);
    set(part(row, '.finding-text'), words);
    part(row, '.finding-remedy').hidden = !remedy;
    set(part(row, '.finding-where'), remedy?.where ?? '');
    set(part(row, 'pre'), remedy?.setting ?? '');
    const others = remedy ? othersText(remedy) : '';
    part(row, '.finding-others').hidden = others === '';
    set(part(row, '.finding-others code'), others);
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} selector
 */
const part = (row, selector) => /** @type {HTMLElement} */ (row.querySelector(selector));

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
