// @ts-check
/** The figures of the page, from the cards to what is behind them: takes what the stream brings. */

import { CardChooser } from './card-chooser.js';
import { Cards } from './cards.js';
import { FiguresApi } from './figures-api.js';
import { FigurePanel } from './figure-panel.js';
import { stayAwake } from './kiosk.js';
import { Sparklines } from './sparklines.js';

/**
 * @import {Stats} from '../../client/api.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {PageData} from './page-data.js'
 */

export class Figures {
  #cards;
  #sparklines;
  #panel;

  /**
   * @param {HTMLElement} root  the section of the cards
   * @param {PageData} page
   * @param {Clock} clock
   */
  constructor(root, page, clock) {
    const api = new FiguresApi(page.workspace.slug);
    this.#cards = new Cards(root);
    this.#sparklines = new Sparklines(root, api, page.history);
    const cards = /** @type {HTMLElement} */ (root.querySelector('.cards'));
    const chooser = new CardChooser(dialog('choose-dialog'), cards, api);
    document.getElementById('choose-cards')?.addEventListener('click', () => chooser.open());
    this.#panel = new FigurePanel(dialog('figure-panel'), cards, api, page, clock);
    if (document.body.hasAttribute('data-kiosk')) stayAwake(document, navigator.wakeLock);
  }

  /** @param {Stats} stats */
  show(stats) {
    this.#cards.show(stats);
    this.#sparklines.hear(stats);
    this.#panel.hear(stats);
  }

  /**
   * The line is there, again perhaps: what was missed meanwhile is asked for.
   * @param {number} now
   */
  connected(now) {
    this.#sparklines.load(now);
  }
}

/** @param {string} id */
const dialog = (id) => /** @type {HTMLDialogElement} */ (document.getElementById(id));
