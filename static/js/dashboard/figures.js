// @ts-check
/** The figures of the page, from the cards to what is behind them: takes what the stream brings. */

import { CardChooser } from './card-chooser.js';
import { Cards } from './cards.js';
import { FiguresApi } from './figures-api.js';
import { Sparklines } from './sparklines.js';

export class Figures {
  #cards;
  #sparklines;

  /**
   * @param {HTMLElement} root  the section of the cards
   * @param {import('./page-data.js').PageData} page
   */
  constructor(root, page) {
    const api = new FiguresApi(page.workspace.slug);
    this.#cards = new Cards(root);
    this.#sparklines = new Sparklines(root, api);
    const cards = /** @type {HTMLElement} */ (root.querySelector('.cards'));
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('choose-dialog'));
    const chooser = new CardChooser(dialog, cards, api);
    document.getElementById('choose-cards')?.addEventListener('click', () => chooser.open());
  }

  /** @param {import('../api.js').Stats} stats */
  show(stats) {
    this.#cards.show(stats);
    this.#sparklines.hear(stats);
  }

  /**
   * The line is there, again perhaps: what was missed meanwhile is asked for.
   * @param {number} now
   */
  connected(now) {
    this.#sparklines.load(now);
  }
}
