// @ts-check
/** The list of tokens, or what is said while there is none. A row stays the same element, so focus stays too. */

import { fillRow } from './token-row.js';

/** @typedef {import('./token-api.js').Token} Token */

export class TokenList {
  #table;
  #body;
  #empty;
  #template;
  #words;
  #onRevoke;
  /** @type {Map<string, {row: HTMLElement, token: Token}>} in the order shown */
  #shown = new Map();

  /** How often this page itself has changed the list: an answer asked for before such a change is too old. */
  changes = 0;

  /**
   * @param {HTMLElement} root
   * @param {import('./moment-words.js').MomentWords} words
   * @param {{onRevoke: (token: Token) => void}} use
   */
  constructor(root, words, { onRevoke }) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#table = part('.token-table');
    this.#body = part('tbody');
    this.#empty = part('.empty');
    this.#template = /** @type {HTMLTemplateElement} */ (part('template'));
    this.#words = words;
    this.#onRevoke = onRevoke;
  }

  /**
   * @param {Token[]} tokens  all there are
   * @param {number} now
   */
  show(tokens, now) {
    const before = this.#shown;
    this.#shown = new Map(
      tokens.map((token) => [token.id, { token, row: before.get(token.id)?.row ?? this.#newRow(token.id) }]),
    );
    for (const [id, { row }] of before) if (!this.#shown.has(id)) row.remove();
    for (const { row, token } of this.#shown.values()) fillRow(row, token, this.#words, now);
    this.#arrange();
  }

  /**
   * @param {Token} token  the newest
   * @param {number} now
   */
  add(token, now) {
    this.changes += 1;
    this.show([token, ...this.#tokens()], now);
  }

  /**
   * @param {string} id
   * @returns {HTMLElement | null} what now stands in its place, to go on from
   */
  remove(id) {
    this.changes += 1;
    const at = [...this.#shown.keys()].indexOf(id);
    this.#shown.get(id)?.row.remove();
    this.#shown.delete(id);
    this.#arrange();
    const rows = this.#body.children;
    return (rows[Math.min(Math.max(at, 0), rows.length - 1)]?.querySelector('.token-revoke')) ?? null;
  }

  #tokens() {
    return [...this.#shown.values()].map(({ token }) => token);
  }

  #arrange() {
    [...this.#shown.values()].forEach(({ row }, at) => {
      if (this.#body.children[at] !== row) this.#body.insertBefore(row, this.#body.children[at] ?? null);
    });
    this.#table.hidden = this.#shown.size === 0;
    this.#empty.hidden = this.#shown.size > 0;
  }

  /** @param {string} id */
  #newRow(id) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    row.querySelector('.token-revoke')?.addEventListener('click', () => {
      const shown = this.#shown.get(id);
      if (shown) this.#onRevoke(shown.token);
    });
    return row;
  }
}
