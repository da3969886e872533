// @ts-check
/** The dialog to choose the cards and their order; the page changes when it is saved. */

import { cloneTemplate, query } from '../../ui/dom.js';

/** @import {MetricsApi} from './metrics-api.js' */

/** @typedef {{metric: string, label: string, isShown: boolean}} CardChoice */

export class CardChooser {
  #dialog;
  #list;
  #api;
  #cards;
  /** @type {CardChoice[]} */
  #choices = [];

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} cards  the list of the cards, each with `data-metric`
   * @param {MetricsApi} api
   */
  constructor(dialog, cards, api) {
    this.#dialog = dialog;
    this.#cards = cards;
    this.#api = api;
    this.#list = query(this.#dialog, '.choices');
    query(this.#dialog, '.choose-close').addEventListener('click', () => dialog.close());
    query(this.#dialog, '.choose-usual').addEventListener('click', () => this.#save(null));
    query(this.#dialog, 'form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save(this.#chosen());
    });
  }

  open() {
    this.#choices = this.#cardElements().map((card) => ({
      metric: card.dataset.metric ?? '',
      label: card.querySelector('.card-label')?.textContent ?? '',
      isShown: !card.hidden,
    }));
    this.#showError('');
    this.#draw();
    this.#dialog.showModal();
  }

  /** @param {string[] | null} cards */
  async #save(cards) {
    if (cards?.length === 0) return this.#showError('Keep one card at least.');
    try {
      const { data } = await this.#api.saveCards(cards);
      this.#arrange(data);
      this.#dialog.close();
    } catch (error) {
      this.#showError(`This is not saved: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {{cards: string[], others: string[]}} saved */
  #arrange({ cards, others }) {
    const elements = new Map(this.#cardElements().map((card) => [card.dataset.metric, card]));
    for (const metric of [...cards, ...others]) {
      const card = elements.get(metric); // a metric defined meanwhile has no card until the page is loaded again
      if (!card) continue;
      card.hidden = others.includes(metric);
      this.#cards.append(card);
    }
  }

  #chosen() {
    return this.#choices.filter(({ isShown }) => isShown).map(({ metric }) => metric);
  }

  #draw() {
    this.#list.replaceChildren(...this.#choices.map((choice, index) => this.#row(choice, index)));
  }

  /**
   * @param {CardChoice} choice
   * @param {number} index
   */
  #row(choice, index) {
    const row = cloneTemplate(query(this.#dialog, 'template', HTMLTemplateElement));
    const box = query(row, 'input', HTMLInputElement);
    query(row, '.choice-label span').textContent = choice.label;
    box.checked = choice.isShown;
    box.addEventListener('change', () => (choice.isShown = box.checked));
    for (const [name, text, step] of /** @type {const} */ ([['up', 'earlier', -1], ['down', 'later', 1]])) {
      const button = query(row, `.choice-${name}`, HTMLButtonElement);
      button.setAttribute('aria-label', `Move ${choice.label} ${text}`);
      button.disabled = movedItem(this.#choices, index, step) === this.#choices;
      button.addEventListener('click', () => this.#move(index, step));
    }
    return row;
  }

  /**
   * The focus moves along, so that a second press moves the row further.
   * @param {number} index
   * @param {-1 | 1} step
   */
  #move(index, step) {
    this.#choices = movedItem(this.#choices, index, step);
    this.#draw();
    const row = this.#list.children[index + step];
    const [same, other] = step < 0 ? ['up', 'down'] : ['down', 'up'];
    const button = query(row, `.choice-${same}`, HTMLButtonElement);
    (button.disabled ? query(row, `.choice-${other}`) : button).focus();
  }

  #cardElements() {
    return /** @type {HTMLElement[]} */ ([...this.#cards.children]);
  }

  /** @param {string} text */
  #showError(text) {
    query(this.#dialog, '.choose-fault').textContent = text;
  }
}

/**
 * The list with one item moved by `step`; the same list if that is not possible. Pure.
 * @template Item
 * @param {Item[]} list
 * @param {number} from
 * @param {-1 | 1} step
 */
export function movedItem(list, from, step) {
  const to = from + step;
  if (to < 0 || to >= list.length) return list;
  const next = [...list];
  [next[from], next[to]] = [next[to], next[from]];
  return next;
}
