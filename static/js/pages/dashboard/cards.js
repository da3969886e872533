// @ts-check
/** The metric cards: each shows one of the workspace's figures, and cross-fades when it changes. */

import { changeWords } from './change-words.js';
import { exact, figure } from '../../ui/figure.js';
import { metricValue } from './metric-value.js';
import { staleWords } from './stale-words.js';

/** @import {Comparison} from './change-words.js' */

const FADE = { duration: 180, easing: 'ease-out' };

/**
 * @typedef {Record<string, any>} Figures
 *
 * @typedef {object} Card
 * @property {string} metric
 * @property {HTMLElement} figure
 * @property {HTMLElement} change
 * @property {HTMLElement} hint
 * @property {string} usualHint
 */

export class Cards {
  #cards;
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {ParentNode} root  holds elements with `data-metric`, each with `.figure`, `.card-change`, `.card-hint` */
  constructor(root) {
    this.#cards = [...root.querySelectorAll('[data-metric]')].map(readCard);
  }

  /** @param {Figures} stats */
  show(stats) {
    for (const card of this.#cards) {
      this.#setFigure(card.figure, metricValue(stats, card.metric));
      setChange(card, stats.compare?.[card.metric]);
      setAge(card, staleWords(stats.stale?.[card.metric]));
    }
  }

  /**
   * @param {HTMLElement} element
   * @param {number | null} value
   */
  #setFigure(element, value) {
    const text = figure(value);
    const now = /** @type {HTMLElement} */ (element.lastElementChild);
    if (now.textContent === text) return;
    const next = /** @type {HTMLElement} */ (now.cloneNode());
    next.textContent = text;
    element.title = value === null ? '' : exact(value);
    element.replaceChildren(next);
    if (!this.#reducedMotion.matches && !document.hidden) crossFade(element, now, next);
  }
}

/** @param {Element} place @returns {Card} */
function readCard(place) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (place.querySelector(selector));
  const hint = part('.card-hint');
  const metric = /** @type {HTMLElement} */ (place).dataset.metric ?? '';
  return { metric, figure: part('.figure'), change: part('.card-change'), hint, usualHint: hint.textContent ?? '' };
}

/**
 * @param {Card} card
 * @param {{yesterday: Comparison} | undefined} comparison
 */
function setChange({ change }, comparison) {
  const { shown, spoken } = changeWords(comparison?.yesterday, 'yesterday at this time');
  if (change.title === spoken) return;
  change.title = spoken;
  change.replaceChildren(words(shown, 'aria-hidden'), words(spoken, 'for-screen-readers'));
}

/**
 * @param {string} text
 * @param {'aria-hidden' | 'for-screen-readers'} whom
 */
function words(text, whom) {
  const element = document.createElement('span');
  element.textContent = text;
  if (whom === 'aria-hidden') element.setAttribute('aria-hidden', 'true');
  else element.className = whom;
  return element;
}

/**
 * @param {Card} card
 * @param {string} age  empty for a figure of this moment
 */
function setAge({ figure, hint, usualHint }, age) {
  const text = age || usualHint;
  if (hint.textContent !== text) hint.textContent = text;
  hint.toggleAttribute('data-stale', age !== '');
  figure.toggleAttribute('data-stale', age !== '');
}

/**
 * Both figures lie in one cell while one goes and the other comes.
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
