// @ts-check
/** The panel of the chosen metric: its chart below the cards, and behind a button what the figure is. */

import { closeOnBackdropClick, query } from '../../ui/dom.js';
import { compactNumber } from '../../ui/number-format.js';
import { amountOf, chartQuery, metricOf } from './chart-query.js';
import { MetricChart } from './metric-chart.js';
import { MetricExplanation } from './metric-explanation.js';
import { changeText, metricValue } from './metric-text.js';
import { timeRangeOf } from './page-range.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {MetricsApi} from './metrics-api.js'
 * @import {DashboardData} from './page-data.js'
 * @import {PageState, PageView} from './page-state.js'
 */

const REFRESH_INTERVAL = 60_000; // milliseconds; the shortest step is a minute
/** @type {Record<string, string>} */
const AMOUNT_NAMES = { messages: 'Messages', events: 'Events' };
/** The metric that explains an amount. @type {Record<string, string>} */
const EXPLAINED_BY = { messages: 'messagesToday', events: 'eventCounts' };

export class MetricPanel {
  #root;
  #dialog;
  #cards;
  #api;
  #chart;
  #explanation;
  #state;
  #clock;
  #retention;
  #select;
  /** @type {DashboardStats} */
  #stats;
  #shownAt = 0;

  /**
   * @param {HTMLElement} root
   * @param {HTMLDialogElement} dialog  of the explanation
   * @param {HTMLElement} cards  the cards, each with `data-metric`
   * @param {object} use
   * @param {MetricsApi} use.api
   * @param {DashboardData} use.page
   * @param {Clock} use.clock
   * @param {PageState} use.state
   */
  constructor(root, dialog, cards, { api, page, clock, state }) {
    this.#root = root;
    this.#dialog = dialog;
    this.#cards = cards;
    this.#api = api;
    this.#stats = page.stats;
    this.#clock = clock;
    this.#state = state;
    this.#retention = page.history;
    this.#select = query(root, '.chart-metric', HTMLSelectElement);
    this.#chart = new MetricChart(root, api, clock, state);
    this.#explanation = new MetricExplanation(query(this.#dialog, '.explanation'), clock, page.members);
    this.#fillSelect();
    this.#bind();
    this.#show();
  }

  /** @param {DashboardStats} stats */
  showStats(stats) {
    this.#stats = stats;
    if (this.#dialog.open) this.#showValue();
  }

  /**
   * @param {AnalyticsEvent} event  of the stream
   * @param {boolean} wasMissed
   */
  add(event, wasMissed) {
    this.#chart.add(event, wasMissed);
  }

  /** Loads what is shown anew: after a minute, or after a time without a stream. */
  refresh() {
    if (!document.hidden) this.#show();
  }

  #fillSelect() {
    const group = query(this.#select, 'optgroup:last-child', HTMLOptGroupElement);
    for (const card of this.#cardElements()) {
      const { metric = '' } = card.dataset;
      if (!amountOf(metric)) group.append(new Option(this.#labelOf(metric), metric));
    }
  }

  #bind() {
    this.#cards.addEventListener('click', ({ target }) => {
      const card = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-metric]'));
      if (!card?.dataset.metric) return;
      this.#state.change({ metric: card.dataset.metric });
      this.#root.scrollIntoView({ block: 'nearest' });
    });
    this.#select.addEventListener('change', () => this.#state.change({ metric: this.#select.value }));
    this.#state.subscribe((view, before) => hasOtherChart(view, before) && this.#show());
    query(this.#root, '.chart-explain').addEventListener('click', () => this.#explain());
    query(this.#dialog, '.panel-close').addEventListener('click', () => this.#dialog.close());
    closeOnBackdropClick(this.#dialog);
    const refresh = () => this.#isOpen() && this.refresh();
    setInterval(refresh, REFRESH_INTERVAL);
    document.addEventListener('visibilitychange', () => Date.now() - this.#shownAt > REFRESH_INTERVAL && refresh());
  }

  #range() {
    return timeRangeOf(this.#state.view, Date.now(), this.#clock.zone);
  }

  #isOpen() {
    return this.#range().isOpen;
  }

  #show() {
    const { view } = this.#state;
    const metric = metricOf(view);
    const amount = amountOf(metric);
    this.#shownAt = Date.now();
    for (const card of this.#cardElements())
      card.querySelector('.card')?.setAttribute('aria-pressed', String(card.dataset.metric === metric));
    this.#select.value = amount ? (view.type ? 'events' : amount) : metric;
    const asked = chartQuery(view, this.#range(), this.#shownAt, this.#clock.zone, this.#retention);
    this.#chart.show(asked, amount ? view.type || AMOUNT_NAMES[amount] : this.#labelOf(metric));
  }

  async #explain() {
    const metric = this.#explained();
    query(this.#dialog, 'h2').textContent = this.#labelOf(metric) || AMOUNT_NAMES.events;
    this.#showValue();
    this.#dialog.showModal();
    this.#explanation.showText('Asking the server …');
    try {
      const answer = await this.#api.explain(metric);
      if (this.#explained() === metric) this.#explanation.show(answer);
    } catch (error) {
      if (this.#explained() === metric)
        this.#explanation.showText(`There is no explanation now: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** The metric that the chosen one is explained by. */
  #explained() {
    const metric = metricOf(this.#state.view);
    return EXPLAINED_BY[metric] ?? metric;
  }

  #showValue() {
    const metric = this.#explained();
    const comparison = this.#stats.compare?.[metric];
    const day = changeText(comparison?.yesterday, 'yesterday at this time');
    const week = changeText(comparison?.lastWeek, 'a week ago');
    const isFigure = metric !== EXPLAINED_BY.events;
    query(this.#dialog, '.panel-figure').textContent = isFigure ? compactNumber(metricValue(this.#stats, metric)) : '';
    query(this.#dialog, '.panel-changes').textContent = isFigure ? `${day.spoken} · ${week.spoken}` : '';
  }

  #cardElements() {
    return /** @type {HTMLElement[]} */ ([...this.#cards.querySelectorAll('[data-metric]')]);
  }

  /** @param {string} metric */
  #labelOf(metric) {
    const card = this.#cards.querySelector(`[data-metric="${CSS.escape(metric)}"]`);
    return card?.querySelector('.card-label')?.textContent ?? '';
  }
}

/**
 * Whether the chart of one state differs from that of another.
 * @param {PageView} view
 * @param {PageView} before
 */
function hasOtherChart(view, before) {
  const names = /** @type {const} */ (['range', 'since', 'until', 'compare', 'type', 'user', 'channel', 'metric']);
  return names.some((name) => view[name] !== before[name]);
}
