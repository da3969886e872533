// @ts-check
/** A one-time link to hand over, until whoever made it has it; then this page forgets it. */

export class HandedLink {
  #root;

  /**
   * @param {HTMLElement} root
   * @param {{onDone: () => void}} use
   */
  constructor(root, { onDone }) {
    this.#root = root;
    this.#part('.made-done').addEventListener('click', () => {
      this.clear();
      onDone();
    });
  }

  /** @param {{title: string, words: string, url: string}} link */
  show({ title, words, url }) {
    this.#part('h2').textContent = title;
    this.#part('.link-words').textContent = words;
    this.#part('#handed-link').textContent = url;
    this.#root.hidden = false;
    this.#root.focus();
  }

  clear() {
    this.#root.hidden = true;
    for (const selector of ['h2', '.link-words', '#handed-link']) this.#part(selector).textContent = '';
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}
