// @ts-check
/** The feed's own controls: pause and play with what waits, and the three filters. */

import { isOpenFilter } from './feed-filter.js';

/** @import {FeedFilter} from './feed-filter.js' */

export class FeedControls {
  #pause;
  #words;
  #waiting;
  #form;
  #isPaused = false;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {() => void} use.onPause
   * @param {() => void} use.onPlay
   * @param {(filter: FeedFilter) => void} use.onChoose
   * @param {() => Promise<string[]>} use.channels  asked for once, when somebody is about to choose one
   */
  constructor(root, { onPause, onPlay, onChoose, channels }) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#pause = /** @type {HTMLButtonElement} */ (part('.feed-pause'));
    this.#words = part('.feed-pause-words');
    this.#waiting = part('.feed-waiting');
    this.#form = /** @type {HTMLFormElement} */ (part('.feed-filters'));
    this.#pause.addEventListener('click', () => {
      this.#showPaused(!this.#isPaused);
      if (this.#isPaused) onPause();
      else onPlay();
    });
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('change', () => {
      this.#showClear();
      onChoose(this.filter);
    });
    part('.feed-clear').addEventListener('click', () => {
      this.show({ type: '', user: '', channel: '' });
      this.#field('type').focus();
      onChoose(this.filter);
    });
    this.#field('channel').addEventListener('focus', () => this.#suggest(channels), { once: true });
  }

  /** @returns {FeedFilter} */
  get filter() {
    const [type, user, channel] = ['type', 'user', 'channel'].map((name) => this.#field(name).value.trim());
    return { type, user, channel };
  }

  /** @param {FeedFilter} filter */
  show(filter) {
    this.#ensureOption('type', filter.type);
    this.#ensureOption('user', filter.user);
    for (const [name, value] of Object.entries(filter)) this.#field(name).value = value;
    this.#showClear();
  }

  toggle() {
    this.#pause.click();
  }

  focusFilter() {
    this.#field('type').focus();
  }

  /** @param {Iterable<string>} types  that have been seen */
  offerTypes(types) {
    for (const type of types) this.#ensureOption('type', type);
  }

  /** @param {number} count */
  showWaiting(count) {
    this.#waiting.textContent = this.#isPaused ? `${count} new` : '';
  }

  /** @param {boolean} isPaused */
  #showPaused(isPaused) {
    this.#isPaused = isPaused;
    this.#pause.dataset.paused = String(isPaused);
    this.#words.textContent = isPaused ? 'Play' : 'Pause';
    this.#waiting.textContent = isPaused ? '0 new' : '';
  }

  #showClear() {
    /** @type {HTMLElement} */ (this.#form.querySelector('.feed-clear')).toggleAttribute(
      'data-idle',
      isOpenFilter(this.filter),
    );
    for (const name of ['type', 'user', 'channel']) {
      this.#field(name).toggleAttribute('data-chosen', this.#field(name).value !== '');
    }
  }

  /** @param {() => Promise<string[]>} channels */
  async #suggest(channels) {
    const list = /** @type {HTMLElement} */ (this.#form.querySelector('datalist'));
    const options = (await channels().catch(() => [])).map((name) => new Option(name, name));
    list.replaceChildren(...options);
  }

  /**
   * What an address names may be a type that nobody sent lately, or somebody who has left.
   * @param {string} name
   * @param {string} value
   */
  #ensureOption(name, value) {
    const select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this.#field(name)));
    if (value === '' || [...select.options].some((option) => option.value === value)) return;
    const after = [...select.options].slice(1).find((option) => option.text > value);
    select.add(new Option(value, value), after ?? null);
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}
