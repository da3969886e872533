// @ts-check
/** The panel behind a card: its figure, its history as a chart, and its explanation. The address remembers it. */

import { changeWords } from './change-words.js';
import { Explanation } from './explanation.js';
import { FigureChart } from './figure-chart.js';
import { figure } from '../../ui/figure.js';
import { metricValue } from './metric-value.js';
import { readAddress, withPanel } from './panel-address.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {FiguresApi} from './figures-api.js'
 * @import {PageData} from './page-data.js'
 * @import {Shown} from './panel-address.js'
 */

const REFRESH = 60_000; // history tells minutes

export class FigurePanel {
  #dialog;
  #cards;
  #api;
  #chart;
  #explanation;
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Record<string, any>} */
  #stats;
  /** @type {any} */
  #timer = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} cards  the cards, each with `data-metric`
   * @param {FiguresApi} api
   * @param {PageData} page
   * @param {Clock} clock
   */
  constructor(dialog, cards, api, page, clock) {
    this.#dialog = dialog;
    this.#cards = cards;
    this.#api = api;
    this.#stats = page.stats;
    this.#chart = new FigureChart(this.#part('.figure-chart'), api, clock, page.history);
    this.#explanation = new Explanation(this.#part('.explanation'), clock, page.members);
    this.#bind();
    const asked = readAddress(location.href);
    if (asked && this.#labelOf(asked.metric)) this.#open(asked);
  }

  /** @param {Record<string, any>} stats */
  hear(stats) {
    this.#stats = stats;
    if (this.#shown) this.#showFigure(this.#shown.metric);
  }

  #bind() {
    this.#cards.addEventListener('click', ({ target }) => {
      const place = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-metric]'));
      if (place?.dataset.metric) this.#open({ metric: place.dataset.metric, range: '24h', before: false });
    });
    this.#part('.panel-close').addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#close());
    // A click beside the panel is on the dialog itself, not on anything in it.
    this.#dialog.addEventListener('click', ({ target }) => target === this.#dialog && this.#dialog.close());
    this.#part('.chart-tools').addEventListener('change', () => this.#choose());
  }

  /** @param {Shown} shown */
  #open(shown) {
    this.#part('.figure-panel-title').textContent = this.#labelOf(shown.metric);
    for (const radio of this.#ranges()) radio.checked = radio.value === shown.range;
    this.#isCompared().checked = shown.before;
    this.#dialog.showModal();
    this.#show(shown);
    this.#showFigure(shown.metric);
    this.#explain(shown.metric);
    this.#timer = setInterval(() => document.hidden || this.#chart.refresh(), REFRESH);
  }

  #close() {
    clearInterval(this.#timer);
    this.#shown = null;
    this.#chart.close();
    history.replaceState(history.state, '', withPanel(location.href, null));
  }

  #choose() {
    if (!this.#shown) return;
    const range = this.#ranges().find(({ checked }) => checked)?.value ?? this.#shown.range;
    this.#show({ ...this.#shown, range, before: this.#isCompared().checked });
  }

  /** @param {Shown} shown */
  #show(shown) {
    this.#shown = shown;
    history.replaceState(history.state, '', withPanel(location.href, shown));
    this.#chart.show({ ...shown, label: this.#labelOf(shown.metric) });
  }

  /** @param {string} metric */
  async #explain(metric) {
    this.#explanation.say('Asking the server …');
    try {
      const answer = await this.#api.explain(metric);
      if (this.#shown?.metric === metric) this.#explanation.show(answer);
    } catch (error) {
      if (this.#shown?.metric === metric)
        this.#explanation.say(`There is no explanation now: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {string} metric */
  #showFigure(metric) {
    const comparison = this.#stats.compare?.[metric];
    const day = changeWords(comparison?.yesterday, 'yesterday at this time');
    const week = changeWords(comparison?.lastWeek, 'a week ago');
    this.#part('.panel-figure').textContent = figure(metricValue(this.#stats, metric));
    this.#part('.panel-changes').textContent = `${day.spoken} · ${week.spoken}`;
  }

  /** @param {string} metric */
  #labelOf(metric) {
    const place = this.#cards.querySelector(`[data-metric="${CSS.escape(metric)}"]`);
    return place?.querySelector('.card-label')?.textContent ?? '';
  }

  #ranges() {
    return /** @type {HTMLInputElement[]} */ ([...this.#dialog.querySelectorAll('input[name="range"]')]);
  }

  #isCompared() {
    return /** @type {HTMLInputElement} */ (this.#part('.chart-compare'));
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
