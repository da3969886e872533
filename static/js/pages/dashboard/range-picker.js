// @ts-check
/** The picker of the page's range and of what to compare it with: presets, two fields for a stretch of one's own. */

import { field, query } from '../../ui/dom.js';
import { inputValue, momentOfInput } from '../../ui/zone-time.js';
import { timeRangeOf, viewText } from './page-range.js';

/**
 * @import {CompareWith, PageState, RangeName} from './page-state.js'
 */

export class RangePicker {
  #root;
  #menu;
  #form;
  #compare;
  #state;
  #zone;

  /**
   * @param {HTMLElement} root
   * @param {PageState} state
   * @param {string} zone  of the workspace, in which the fields are
   */
  constructor(root, state, zone) {
    this.#root = root;
    this.#state = state;
    this.#zone = zone;
    this.#menu = query(root, '.range-menu');
    this.#form = query(root, '.range-form', HTMLFormElement);
    this.#compare = query(root, '.compare', HTMLSelectElement);
    this.#bind();
    state.subscribe(() => this.#show());
    this.#show();
  }

  #bind() {
    this.#menu.addEventListener('click', ({ target }) => {
      const preset = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-range]'));
      if (!preset) return;
      this.#menu.hidePopover();
      this.#state.change({ range: /** @type {RangeName} */ (preset.dataset.range) });
    });
    this.#menu.addEventListener('toggle', () => this.#fillFields());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#compare.addEventListener('change', () =>
      this.#state.change({ compare: /** @type {CompareWith} */ (this.#compare.value) }),
    );
    query(this.#root, '.back-to-live').addEventListener('click', () => {
      query(this.#root, '.range-button').focus(); // the button goes away
      this.#state.change({ range: 'live' });
    });
  }

  #submit() {
    const [since, until] = ['since', 'until'].map((name) => momentOfInput(field(this.#form, name).value, this.#zone));
    const fault = query(this.#form, '.range-fault');
    fault.textContent = '';
    if (since === null || until === null) fault.textContent = 'Give a date and a time for both.';
    else if (since >= until) fault.textContent = 'The end has to be after the beginning.';
    else if (since > Date.now()) fault.textContent = 'That has not happened yet.';
    else {
      this.#menu.hidePopover();
      this.#state.change({ since, until });
    }
  }

  #fillFields() {
    const { since, until } = timeRangeOf(this.#state.view, Date.now(), this.#zone);
    field(this.#form, 'since').value = inputValue(since, this.#zone);
    field(this.#form, 'until').value = inputValue(until, this.#zone);
    query(this.#form, '.range-fault').textContent = '';
  }

  #show() {
    const { view } = this.#state;
    query(this.#root, '.range-name').textContent = viewText(view, Date.now(), this.#zone);
    query(this.#root, '.back-to-live').hidden = view.range === 'live';
    this.#compare.value = view.compare;
    this.#compare.toggleAttribute('data-chosen', view.compare !== 'none');
    for (const preset of /** @type {NodeListOf<HTMLElement>} */ (this.#menu.querySelectorAll('[data-range]')))
      preset.setAttribute('aria-pressed', String(preset.dataset.range === view.range));
  }
}
