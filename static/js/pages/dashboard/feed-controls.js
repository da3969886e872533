// @ts-check
/** The controls of the feed: pause and play with the number of waiting events, and the three filters. */

import { field, query } from '../../ui/dom.js';
/** @import {EventFilter} from './feed-filter.js' */

const NAMES = /** @type {const} */ (['type', 'user', 'channel']);

export class FeedControls {
  #pause;
  #pauseLabel;
  #waiting;
  #form;
  #isPaused = false;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {() => void} use.onPause
   * @param {() => void} use.onPlay
   * @param {(filter: EventFilter) => void} use.onChoose
   * @param {() => Promise<string[]>} use.channels  called once, when the field gets the focus
   */
  constructor(root, { onPause, onPlay, onChoose, channels }) {
    this.#pause = query(root, '.feed-pause', HTMLButtonElement);
    this.#pauseLabel = query(root, '.feed-pause-words');
    this.#waiting = query(root, '.feed-waiting');
    this.#form = query(root, '.feed-filters', HTMLFormElement);
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
    query(root, '.feed-clear').addEventListener('click', () => {
      this.show({ type: '', user: '', channel: '' });
      this.#control('type').focus();
      onChoose(this.filter);
    });
    this.#control('channel').addEventListener('focus', () => this.#suggest(channels), { once: true });
  }

  /** @returns {EventFilter} */
  get filter() {
    const [type, user, channel] = NAMES.map((name) => this.#control(name).value.trim());
    return { type, user, channel };
  }

  /** @param {EventFilter} filter */
  show(filter) {
    this.#ensureOption('type', filter.type);
    this.#ensureOption('user', filter.user);
    for (const name of NAMES) this.#control(name).value = filter[name];
    this.#showClear();
  }

  toggle() {
    this.#pause.click();
  }

  focusFilter() {
    this.#control('type').focus();
  }

  /** @param {Iterable<string>} types  that have been seen */
  addTypes(types) {
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
    this.#pauseLabel.textContent = isPaused ? 'Play' : 'Pause';
    this.#waiting.textContent = isPaused ? '0 new' : '';
  }

  #showClear() {
    const chosen = NAMES.filter((name) => this.#control(name).value !== '');
    query(this.#form, '.feed-clear').toggleAttribute('data-idle', chosen.length === 0);
    for (const name of NAMES) this.#control(name).toggleAttribute('data-chosen', chosen.includes(name));
  }

  /** @param {() => Promise<string[]>} channels */
  async #suggest(channels) {
    const list = query(this.#form, 'datalist');
    const options = (await channels().catch(() => [])).map((name) => new Option(name, name));
    list.replaceChildren(...options);
  }

  /**
   * Adds a value of the address that is not in the list: a type without recent events, or a former member.
   * @param {string} name
   * @param {string} value
   */
  #ensureOption(name, value) {
    const select = field(this.#form, name, HTMLSelectElement);
    if (value === '' || [...select.options].some((option) => option.value === value)) return;
    const after = [...select.options].slice(1).find((option) => option.text > value);
    select.add(new Option(value, value), after ?? null);
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement | HTMLSelectElement}
   */
  #control(name) {
    return name === 'channel' ? field(this.#form, name) : field(this.#form, name, HTMLSelectElement);
  }
}
