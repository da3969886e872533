// @ts-check
/** The section of the metrics: cards with sparklines, the dialog to choose cards, and the panel of a metric. */

import { byId, query } from '../../ui/dom.js';
import { CardChooser } from './card-chooser.js';
import { Cards } from './cards.js';
import { MetricPanel } from './metric-panel.js';
import { MetricsApi } from './metrics-api.js';
import { Sparklines } from './sparklines.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {DashboardData} from './page-data.js'
 */

export class MetricsSection {
  #cards;
  #sparklines;
  #panel;

  /**
   * @param {HTMLElement} root  the section of the cards
   * @param {DashboardData} page
   * @param {Clock} clock
   * @param {Environment} environment
   */
  constructor(root, page, clock, environment) {
    const api = new MetricsApi(page.workspace.slug, environment);
    this.#cards = new Cards(root);
    this.#sparklines = new Sparklines(root, api, page.history);
    const cards = query(root, '.cards');
    const chooser = new CardChooser(byId('choose-dialog', HTMLDialogElement), cards, api);
    document.getElementById('choose-cards')?.addEventListener('click', () => chooser.open());
    this.#panel = new MetricPanel(byId('figure-panel', HTMLDialogElement), cards, api, page, clock);
  }

  /** @param {DashboardStats} stats */
  show(stats) {
    this.#cards.show(stats);
    this.#sparklines.show(stats);
    this.#panel.showStats(stats);
  }

  /**
   * Loads what the sparklines missed while there was no stream.
   * @param {number} now
   */
  onConnect(now) {
    this.#sparklines.load(now);
  }
}
