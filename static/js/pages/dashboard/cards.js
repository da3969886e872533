// @ts-check
/** The cards of the metrics: value, change and age, with a cross-fade when the value changes. */

import { query, setText } from '../../ui/dom.js';
import { compactNumber, fullNumber, isLong } from '../../ui/number-format.js';
import { ageText, changeText, metricValue } from './metric-text.js';

/**
 * @import {DashboardStats, MetricComparison} from './metric-text.js'
 */

const FADE = { duration: 180, easing: 'ease-out' };

/**
 * @typedef {object} Card
 * @property {string} metric
 * @property {HTMLElement} figure
 * @property {HTMLElement} change
 * @property {HTMLElement} hint
 * @property {string} usualHint
 */

/** @typedef {{value?: number | null, hint: string}} CardOverride  without a value, the stream's is shown */

export class Cards {
  #cards;
  /** @type {DashboardStats | null} */
  #stats = null;
  /** @type {Map<string, CardOverride>} */
  #overrides = new Map();
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {ParentNode} root  holds elements with `data-metric`, each with `.figure`, `.card-change`, `.card-hint` */
  constructor(root) {
    this.#cards = [...root.querySelectorAll('[data-metric]')].map(readCard);
  }

  get metrics() {
    return this.#cards.map(({ metric }) => metric);
  }

  /** @param {DashboardStats} stats */
  show(stats) {
    this.#stats = stats;
    for (const card of this.#cards) {
      const { value, hint = '' } = this.#overrides.get(card.metric) ?? {};
      const isOfStream = value === undefined;
      this.#setValue(card.figure, isOfStream ? metricValue(stats, card.metric) : value);
      if (isOfStream) setChange(card, stats.compare?.[card.metric]);
      else clearChange(card);
      const age = isOfStream ? stats.stale?.[card.metric] : undefined;
      // A metric that was just made has no value yet, which is no fault.
      if (age === null) setHint(card, '', ageText(age));
      else setHint(card, ageText(age), hint);
    }
  }

  /**
   * Shows other figures or hints than those of the stream, until the next call.
   * @param {Map<string, CardOverride>} overrides  by metric
   */
  override(overrides) {
    this.#overrides = overrides;
    if (this.#stats) this.show(this.#stats);
  }

  /**
   * @param {HTMLElement} element
   * @param {number | null} value
   */
  #setValue(element, value) {
    const text = compactNumber(value);
    const now = /** @type {HTMLElement} */ (element.lastElementChild);
    if (now.textContent === text) return;
    const next = /** @type {HTMLElement} */ (now.cloneNode());
    next.textContent = text;
    element.toggleAttribute('data-long', isLong(text));
    element.title = value === null ? '' : fullNumber(value);
    element.replaceChildren(next);
    if (!this.#reducedMotion.matches && !document.hidden) crossFade(element, now, next);
  }
}

/** @param {Element} element @returns {Card} */
function readCard(element) {
  const hint = query(element, '.card-hint');
  const [figure, change] = [query(element, '.figure'), query(element, '.card-change')];
  const metric = /** @type {HTMLElement} */ (element).dataset.metric ?? '';
  return { metric, figure, change, hint, usualHint: hint.textContent ?? '' };
}

/**
 * @param {Card} card
 * @param {{yesterday: MetricComparison} | undefined} comparison
 */
function setChange({ change }, comparison) {
  const { shown, spoken } = changeText(comparison?.yesterday, 'yesterday at this time');
  if (change.title === spoken) return;
  change.title = spoken;
  change.replaceChildren(textFor(shown, 'aria-hidden'), textFor(spoken, 'for-screen-readers'));
}

/**
 * @param {string} text
 * @param {'aria-hidden' | 'for-screen-readers'} audience
 */
function textFor(text, audience) {
  const element = document.createElement('span');
  element.textContent = text;
  if (audience === 'aria-hidden') element.setAttribute('aria-hidden', 'true');
  else element.className = audience;
  return element;
}

/** @param {Card} card */
function clearChange({ change }) {
  change.title = '';
  change.replaceChildren();
}

/**
 * @param {Card} card
 * @param {string} age  empty for a current value
 * @param {string} other  instead of the usual one; may be empty
 */
function setHint({ figure, hint, usualHint }, age, other) {
  const text = age || other || usualHint;
  setText(hint, text);
  hint.toggleAttribute('data-stale', age !== '');
  hint.toggleAttribute('data-other', other !== '');
  figure.toggleAttribute('data-stale', age !== '');
}

/**
 * Both values are in one cell while one fades out and the other in.
 * @param {HTMLElement} cell
 * @param {HTMLElement} before
 * @param {HTMLElement} after
 */
function crossFade(cell, before, after) {
  before.setAttribute('aria-hidden', 'true');
  cell.prepend(before);
  after.animate({ opacity: [0, 1] }, FADE);
  before.animate({ opacity: [1, 0] }, FADE).finished.then(
    () => before.remove(),
    () => before.remove(),
  );
}
