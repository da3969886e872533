// @ts-check
/** The dialog of a metric: value, history and explanation. The address of the page names the open one. */

import { closeOnBackdropClick, query } from '../../ui/dom.js';
import { compactNumber } from '../../ui/number-format.js';
import { rangeOf } from './chart-range.js';
import { MetricChart } from './metric-chart.js';
import { MetricExplanation } from './metric-explanation.js';
import { changeText, metricValue } from './metric-text.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {MetricsApi} from './metrics-api.js'
 * @import {DashboardData} from './page-data.js'
 */

const REFRESH_INTERVAL = 60_000; // milliseconds; the history is by minutes

export class MetricPanel {
  #dialog;
  #cards;
  #api;
  #chart;
  #explanation;
  /** @type {PanelState | null} */
  #shown = null;
  /** @type {DashboardStats} */
  #stats;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} cards  the cards, each with `data-metric`
   * @param {MetricsApi} api
   * @param {DashboardData} page
   * @param {Clock} clock
   */
  constructor(dialog, cards, api, page, clock) {
    this.#dialog = dialog;
    this.#cards = cards;
    this.#api = api;
    this.#stats = page.stats;
    this.#chart = new MetricChart(query(this.#dialog, '.figure-chart'), api, clock, page.history);
    this.#explanation = new MetricExplanation(query(this.#dialog, '.explanation'), clock, page.members);
    this.#bind();
    const linked = panelInAddress(location.href);
    if (linked && this.#labelOf(linked.metric)) this.#open(linked);
  }

  /** @param {DashboardStats} stats */
  showStats(stats) {
    this.#stats = stats;
    if (this.#shown) this.#showValue(this.#shown.metric);
  }

  #bind() {
    this.#cards.addEventListener('click', ({ target }) => {
      const card = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-metric]'));
      if (card?.dataset.metric) this.#open({ metric: card.dataset.metric, range: '24h', before: false });
    });
    query(this.#dialog, '.panel-close').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#close());
    closeOnBackdropClick(this.#dialog);
    query(this.#dialog, '.chart-tools').addEventListener('change', () => this.#applyTools());
  }

  /** @param {PanelState} shown */
  #open(shown) {
    query(this.#dialog, '.figure-panel-title').textContent = this.#labelOf(shown.metric);
    for (const radio of this.#ranges()) radio.checked = radio.value === shown.range;
    this.#isCompared().checked = shown.before;
    this.#dialog.showModal();
    this.#show(shown);
    this.#showValue(shown.metric);
    this.#explain(shown.metric);
    this.#timer = setInterval(() => document.hidden || this.#chart.refresh(), REFRESH_INTERVAL);
  }

  #close() {
    clearInterval(this.#timer);
    this.#shown = null;
    this.#chart.close();
    history.replaceState(history.state, '', addressWithPanel(location.href, null));
  }

  #applyTools() {
    if (!this.#shown) return;
    const range = this.#ranges().find(({ checked }) => checked)?.value ?? this.#shown.range;
    this.#show({ ...this.#shown, range, before: this.#isCompared().checked });
  }

  /** @param {PanelState} shown */
  #show(shown) {
    this.#shown = shown;
    history.replaceState(history.state, '', addressWithPanel(location.href, shown));
    this.#chart.show({ ...shown, label: this.#labelOf(shown.metric) });
  }

  /** @param {string} metric */
  async #explain(metric) {
    this.#explanation.showText('Asking the server …');
    try {
      const answer = await this.#api.explain(metric);
      if (this.#shown?.metric === metric) this.#explanation.show(answer);
    } catch (error) {
      if (this.#shown?.metric === metric)
        this.#explanation.showText(`There is no explanation now: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {string} metric */
  #showValue(metric) {
    const comparison = this.#stats.compare?.[metric];
    const day = changeText(comparison?.yesterday, 'yesterday at this time');
    const week = changeText(comparison?.lastWeek, 'a week ago');
    query(this.#dialog, '.panel-figure').textContent = compactNumber(metricValue(this.#stats, metric));
    query(this.#dialog, '.panel-changes').textContent = `${day.spoken} · ${week.spoken}`;
  }

  /** @param {string} metric */
  #labelOf(metric) {
    const card = this.#cards.querySelector(`[data-metric="${CSS.escape(metric)}"]`);
    return card?.querySelector('.card-label')?.textContent ?? '';
  }

  #ranges() {
    return /** @type {HTMLInputElement[]} */ ([...this.#dialog.querySelectorAll('input[name="range"]')]);
  }

  #isCompared() {
    return query(this.#dialog, '.chart-compare', HTMLInputElement);
  }
}

/** @typedef {{metric: string, range: string, before: boolean}} PanelState  `before`: beside the range before */

/**
 * The open panel as the address names it. Pure.
 * @param {string} address
 * @returns {PanelState | null} null if none is open
 */
export function panelInAddress(address) {
  const { searchParams } = new URL(address);
  const metric = searchParams.get('metric');
  return metric
    ? { metric, range: rangeOf(searchParams.get('range')), before: searchParams.get('before') === '1' }
    : null;
}

/**
 * The address with this panel, or none; other parameters stay. Pure.
 * @param {string} address
 * @param {PanelState | null} shown
 */
export function addressWithPanel(address, shown) {
  const url = new URL(address);
  for (const name of ['metric', 'range', 'before']) url.searchParams.delete(name);
  if (shown) {
    url.searchParams.set('metric', shown.metric);
    url.searchParams.set('range', shown.range);
    if (shown.before) url.searchParams.set('before', '1');
  }
  return url.href;
}
