// @ts-check
/** The list of findings: a row for each from the beginning, filled in as it becomes known. */

import { bindCopyButtons } from '../../ui/copy-button.js';
import { cloneTemplate, query, setText } from '../../ui/dom.js';
import { othersText } from './remedies.js';

/** @import {Finding} from './findings.js' */

const STATE_TEXTS = { waiting: 'Looking', good: 'Good', warn: 'Attention', bad: 'Wrong', none: 'Not told' };

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
      const row = cloneTemplate(template);
      query(row, 'h2').textContent = title;
      query(row, 'pre').id = `remedy-${index}`;
      query(row, 'button').dataset.copy = `remedy-${index}`;
      this.#rows.set(title, row);
      list.append(row);
    });
    bindCopyButtons(list);
  }

  /**
   * @param {string} title
   * @param {Finding} finding
   */
  show(title, { tone, text, remedy }) {
    const row = /** @type {HTMLElement} */ (this.#rows.get(title));
    row.dataset.tone = tone;
    setText(query(row, '.finding-state'), STATE_TEXTS[tone]);
    setText(query(row, '.finding-text'), text);
    query(row, '.finding-remedy').hidden = !remedy;
    setText(query(row, '.finding-where'), remedy?.where ?? '');
    setText(query(row, 'pre'), remedy?.setting ?? '');
    const others = remedy ? othersText(remedy) : '';
    query(row, '.finding-others').hidden = others === '';
    setText(query(row, '.finding-others code'), others);
  }
}
