// @ts-check
/** The metric cards: each shows one of the workspace's figures, and cross-fades when it changes. */

import { exact, figure } from './figure.js';

const FADE = { duration: 180, easing: 'ease-out' };

/** @typedef {Record<string, any>} Figures */

export class Cards {
  #figures;
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {ParentNode} root  holds elements with `data-metric`, each with a `.figure` */
  constructor(root) {
    this.#figures = [...root.querySelectorAll('[data-metric]')].map((card) => ({
      metric: /** @type {HTMLElement} */ (card).dataset.metric ?? '',
      element: /** @type {HTMLElement} */ (card.querySelector('.figure')),
    }));
  }

  /** @param {Figures} stats */
  show(stats) {
    for (const { metric, element } of this.#figures) this.#set(element, stats[metric]);
  }

  /**
   * @param {HTMLElement} element
   * @param {number | null | undefined} value
   */
  #set(element, value) {
    const text = figure(value);
    const now = /** @type {HTMLElement} */ (element.lastElementChild);
    if (now.textContent === text) return;
    const next = /** @type {HTMLElement} */ (now.cloneNode());
    next.textContent = text;
    element.title = typeof value === 'number' ? exact(value) : '';
    element.replaceChildren(next);
    if (!this.#reducedMotion.matches && !document.hidden) crossFade(element, now, next);
  }
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
