// @ts-check
/** The filter of the page: a menu with three fields, and a chip for each that is set, which removes it. */

import { field, query, resizeList } from '../../ui/dom.js';
import { isSameFilter } from './page-state.js';

/**
 * @import {EventFilter} from './feed-filter.js'
 * @import {PageState} from './page-state.js'
 */

const NAMES = /** @type {const} */ (['type', 'user', 'channel']);
const SHORT_ID = 8; // characters of an id that tell people apart

export class FilterBar {
  #button;
  #form;
  #chips;
  #template;
  #state;
  #members;

  /**
   * @param {HTMLElement} root
   * @param {PageState} state
   * @param {object} use
   * @param {Record<string, string>} use.members  names by user id
   * @param {() => Promise<string[]>} use.channels  called once, when the field gets the focus
   */
  constructor(root, state, { members, channels }) {
    this.#button = query(root, '.filter-button', HTMLButtonElement);
    this.#form = query(root, '.filter-menu', HTMLFormElement);
    this.#chips = query(root, '.filter-chips');
    this.#template = query(root, ':scope > template', HTMLTemplateElement);
    this.#state = state;
    this.#members = members;
    this.#bind(channels);
    state.subscribe((view, before) => isSameFilter(view, before) || this.#show());
    this.#show();
  }

  /** Opens the menu, with the focus in its first field. */
  open() {
    this.#form.showPopover();
    this.#control('type').focus();
  }

  /** @param {Iterable<string>} types  that have been seen */
  addTypes(types) {
    for (const type of types) this.#ensureOption('type', type);
  }

  /** @param {() => Promise<string[]>} channels */
  #bind(channels) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#form.hidePopover();
    });
    this.#form.addEventListener('change', () => this.#state.change(this.#chosen()));
    this.#control('channel').addEventListener('focus', () => this.#suggest(channels), { once: true });
    this.#chips.addEventListener('click', ({ target }) => {
      const chip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('.filter-chip'));
      if (!chip) return;
      this.#button.focus(); // the chip goes away
      this.#state.change({ [/** @type {string} */ (chip.dataset.name)]: '' });
    });
  }

  /** @returns {EventFilter} */
  #chosen() {
    const [type, user, channel] = NAMES.map((name) => this.#control(name).value.trim());
    return { type, user, channel: channel.replace(/^#+/, '') };
  }

  #show() {
    const { view } = this.#state;
    this.#ensureOption('type', view.type);
    this.#ensureOption('user', view.user);
    for (const name of NAMES) {
      this.#control(name).value = view[name];
      this.#control(name).toggleAttribute('data-chosen', view[name] !== '');
    }
    const set = NAMES.filter((name) => view[name] !== '');
    resizeList(this.#chips, this.#template, set.length);
    set.forEach((name, at) => {
      const chip = query(this.#chips.children[at], '.filter-chip');
      const text = this.#textOf(name, view[name]);
      chip.dataset.name = name;
      chip.setAttribute('aria-label', `Remove the filter ${text}`);
      query(chip, '.filter-name').textContent = text;
    });
  }

  /**
   * @param {'type' | 'user' | 'channel'} name
   * @param {string} value
   */
  #textOf(name, value) {
    if (name === 'channel') return `#${value}`;
    if (name === 'user') return Object.hasOwn(this.#members, value) ? this.#members[value] : value.slice(0, SHORT_ID);
    return value;
  }

  /** @param {() => Promise<string[]>} channels */
  async #suggest(channels) {
    const list = query(this.#form, 'datalist');
    const options = (await channels().catch(() => [])).map((name) => new Option(name, name));
    list.replaceChildren(...options);
  }

  /**
   * Adds a value of the address that is not in the list: a type without recent events, or a former member.
   * @param {'type' | 'user'} name
   * @param {string} value
   */
  #ensureOption(name, value) {
    const select = field(this.#form, name, HTMLSelectElement);
    if (value === '' || [...select.options].some((option) => option.value === value)) return;
    const after = [...select.options].slice(1).find((option) => option.text > value);
    select.add(new Option(name === 'user' ? this.#textOf(name, value) : value, value), after ?? null);
  }

  /**
   * @param {'type' | 'user' | 'channel'} name
   * @returns {HTMLInputElement | HTMLSelectElement}
   */
  #control(name) {
    return name === 'channel' ? field(this.#form, name) : field(this.#form, name, HTMLSelectElement);
  }
}
