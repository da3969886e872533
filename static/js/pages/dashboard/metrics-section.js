// @ts-check
/** The section of the metrics: cards with sparklines, the dialog to choose cards, and the chart of the chosen one. */

import { byId, query } from '../../ui/dom.js';
import { CardChooser } from './card-chooser.js';
import { CardFigures } from './card-figures.js';
import { Cards } from './cards.js';
import { MetricPanel } from './metric-panel.js';
import { Sparklines } from './sparklines.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {MetricsApi} from './metrics-api.js'
 * @import {DashboardData} from './page-data.js'
 * @import {PageState} from './page-state.js'
 */

export class MetricsSection {
  #cards;
  #sparklines;
  #panel;

  /**
   * @param {HTMLElement} root  the section of the cards
   * @param {object} use
   * @param {DashboardData} use.page
   * @param {Clock} use.clock
   * @param {MetricsApi} use.api
   * @param {PageState} use.state
   */
  constructor(root, { page, clock, api, state }) {
    this.#cards = new Cards(root);
    this.#sparklines = new Sparklines(root, api, page.history);
    const cards = query(root, '.cards');
    const chooser = new CardChooser(byId('choose-dialog', HTMLDialogElement), cards, api);
    document.getElementById('choose-cards')?.addEventListener('click', () => chooser.open());
    const dialog = byId('explanation-panel', HTMLDialogElement);
    this.#panel = new MetricPanel(byId('figure'), dialog, cards, { api, page, clock, state });
    new CardFigures(this.#cards, api, { state, clock, retention: page.history });
  }

  /** @param {DashboardStats} stats */
  show(stats) {
    this.#cards.show(stats);
    this.#sparklines.show(stats);
    this.#panel.showStats(stats);
  }

  /**
   * @param {AnalyticsEvent} event  of the stream
   * @param {boolean} wasMissed  whether it is from before the stream was opened
   */
  add(event, wasMissed) {
    this.#panel.add(event, wasMissed);
  }

  /**
   * Loads what the sparklines missed while there was no stream.
   * @param {number} now
   */
  onConnect(now) {
    this.#sparklines.load(now);
  }
}
