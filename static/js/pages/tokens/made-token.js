// @ts-check
/** The token that was just made, in full, until its maker has it; then this page knows it no more. */

import { commandFor } from './curl-command.js';

export class MadeToken {
  #root;
  #place;
  #id = '';

  /**
   * @param {HTMLElement} root
   * @param {{origin: string, slug: string}} place
   * @param {{onDone: () => void}} use
   */
  constructor(root, place, { onDone }) {
    this.#root = root;
    this.#place = place;
    this.#part('.made-done').addEventListener('click', () => {
      this.#clear();
      onDone();
    });
  }

  /** @param {import('./token-api.js').MadeToken} made */
  show(made) {
    this.#id = made.id;
    this.#part('h2').textContent = `“${made.name}” is ready`;
    this.#part('#made-token').textContent = made.token;
    this.#part('#made-command').textContent = commandFor(made, this.#place);
    this.#root.hidden = false;
    this.#root.focus();
  }

  /**
   * A token that is revoked is of no use to anybody.
   * @param {string} id
   */
  forget(id) {
    if (id === this.#id) this.#clear();
  }

  #clear() {
    this.#id = '';
    this.#root.hidden = true;
    for (const selector of ['h2', '#made-token', '#made-command']) this.#part(selector).textContent = '';
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}
