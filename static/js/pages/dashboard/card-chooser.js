// @ts-check
/** The dialog in which one chooses cards and puts them in order; the page follows when it is saved. */

import { moved } from './card-order.js';

/** @import {FiguresApi} from './figures-api.js' */

/** @typedef {{metric: string, label: string, isShown: boolean}} Choice */

export class CardChooser {
  #dialog;
  #list;
  #api;
  #cards;
  /** @type {Choice[]} */
  #choices = [];

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} cards  the list of the cards, each with `data-metric`
   * @param {FiguresApi} api
   */
  constructor(dialog, cards, api) {
    this.#dialog = dialog;
    this.#cards = cards;
    this.#api = api;
    this.#list = this.#part('.choices');
    this.#part('.choose-close').addEventListener('click', () => dialog.close());
    this.#part('.choose-usual').addEventListener('click', () => this.#save(null));
    this.#part('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save(this.#chosen());
    });
  }

  open() {
    this.#choices = this.#places().map((place) => ({
      metric: place.dataset.metric ?? '',
      label: place.querySelector('.card-label')?.textContent ?? '',
      isShown: !place.hidden,
    }));
    this.#fault('');
    this.#draw();
    this.#dialog.showModal();
  }

  /** @param {string[] | null} cards */
  async #save(cards) {
    if (cards?.length === 0) return this.#fault('Keep one card at least.');
    try {
      const { data } = await this.#api.choose(cards);
      this.#arrange(data);
      this.#dialog.close();
    } catch (error) {
      this.#fault(`This is not saved: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {{cards: string[], others: string[]}} kept */
  #arrange({ cards, others }) {
    const places = new Map(this.#places().map((place) => [place.dataset.metric, place]));
    for (const metric of [...cards, ...others]) {
      const place = places.get(metric); // a metric made meanwhile has no card until the next visit
      if (!place) continue;
      place.hidden = others.includes(metric);
      this.#cards.append(place);
    }
  }

  #chosen() {
    return this.#choices.filter(({ isShown }) => isShown).map(({ metric }) => metric);
  }

  #draw() {
    this.#list.replaceChildren(...this.#choices.map((choice, index) => this.#row(choice, index)));
  }

  /**
   * @param {Choice} choice
   * @param {number} index
   */
  #row(choice, index) {
    const template = /** @type {HTMLTemplateElement} */ (this.#part('template'));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const box = /** @type {HTMLInputElement} */ (row.querySelector('input'));
    /** @type {HTMLElement} */ (row.querySelector('.choice-label span')).textContent = choice.label;
    box.checked = choice.isShown;
    box.addEventListener('change', () => (choice.isShown = box.checked));
    for (const [name, words, step] of /** @type {const} */ ([['up', 'earlier', -1], ['down', 'later', 1]])) {
      const button = /** @type {HTMLButtonElement} */ (row.querySelector(`.choice-${name}`));
      button.setAttribute('aria-label', `Move ${choice.label} ${words}`);
      button.disabled = moved(this.#choices, index, step) === this.#choices;
      button.addEventListener('click', () => this.#move(index, step));
    }
    return row;
  }

  /**
   * The focus goes along, so that a second press moves on.
   * @param {number} index
   * @param {-1 | 1} step
   */
  #move(index, step) {
    this.#choices = moved(this.#choices, index, step);
    this.#draw();
    const row = this.#list.children[index + step];
    const [same, other] = step < 0 ? ['up', 'down'] : ['down', 'up'];
    const button = /** @type {HTMLButtonElement} */ (row.querySelector(`.choice-${same}`));
    (button.disabled ? /** @type {HTMLElement} */ (row.querySelector(`.choice-${other}`)) : button).focus();
  }

  #places() {
    return /** @type {HTMLElement[]} */ ([...this.#cards.children]);
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }

  /** @param {string} words */
  #fault(words) {
    this.#part('.choose-fault').textContent = words;
  }
}
