// @ts-check
/** The connection badge: dot, word, detail; behind it what is going on, since when, and the last event's id. */

/** @import {ConnectionWords} from './connection-words.js' */

const BEAT = { duration: 200, easing: 'ease-out' };

/**
 * @typedef {object} ConnectionFacts
 * @property {string} since
 * @property {string} figures
 * @property {string} latency
 * @property {string} via
 * @property {string} lastEventId
 */

export class Badge {
  #button;
  #panel;
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

  /**
   * @param {HTMLElement} button
   * @param {HTMLElement} panel
   */
  constructor(button, panel) {
    this.#button = button;
    this.#panel = panel;
  }

  /**
   * @param {ConnectionWords} words
   * @param {ConnectionFacts} facts
   */
  show({ condition, tone, word, detail, sentence }, facts) {
    this.#button.dataset.condition = condition;
    this.#button.dataset.tone = tone;
    set(this.#button, '.badge-word', word);
    set(this.#button, '.badge-detail', detail);
    set(this.#panel, '.connection-words', sentence);
    set(this.#panel, '.fact-since', facts.since);
    set(this.#panel, '.fact-figures', facts.figures);
    set(this.#panel, '.fact-latency', facts.latency);
    set(this.#panel, '.fact-via', facts.via);
    set(this.#panel, '.fact-last', facts.lastEventId || 'none yet');
  }

  /** Something has arrived: the dot answers once. */
  beat() {
    if (this.#reducedMotion.matches || document.hidden) return;
    const halo = { boxShadow: ['0 0 0 0 var(--tone)', '0 0 0 6px transparent'] };
    this.#button.querySelector('.dot')?.animate(halo, BEAT);
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {string} text
 */
function set(root, selector, text) {
  const element = /** @type {HTMLElement} */ (root.querySelector(selector));
  if (element.textContent !== text) element.textContent = text;
}
