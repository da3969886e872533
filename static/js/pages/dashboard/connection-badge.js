// @ts-check
/** The connection badge (dot, word, detail) and its panel: text, since when, latency, last event's id. */

import { query, setText } from '../../ui/dom.js';

/** @import {ConnectionText} from './connection-text.js' */

const PULSE = { duration: 200, easing: 'ease-out', pseudoElement: '::after' };
const PULSE_INTERVAL = 1000; // milliseconds
/** Opacity and scale alone, which the compositor animates without painting. */
const HALO = { opacity: [0.5, 0], transform: ['none', 'scale(2.2)'] };

/**
 * @typedef {object} ConnectionFacts
 * @property {string} since
 * @property {string} statsTime
 * @property {string} latency
 * @property {string} via
 * @property {string} lastEventId
 */

export class ConnectionBadge {
  #button;
  #panel;
  #pulsedAt = -PULSE_INTERVAL;
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
   * @param {ConnectionText} text
   * @param {ConnectionFacts} facts
   */
  show({ condition, tone, word, detail, sentence }, facts) {
    this.#button.dataset.condition = condition;
    this.#button.dataset.tone = tone;
    set(this.#button, '.badge-word', word);
    set(this.#button, '.badge-detail', detail);
    set(this.#panel, '.connection-words', sentence);
    set(this.#panel, '.fact-since', facts.since);
    set(this.#panel, '.fact-figures', facts.statsTime);
    set(this.#panel, '.fact-latency', facts.latency);
    set(this.#panel, '.fact-via', facts.via);
    set(this.#panel, '.fact-last', facts.lastEventId || 'none yet');
  }

  /** Animates the dot once, for a frame that has arrived; at most once a second, however many arrive. */
  pulse() {
    const now = performance.now();
    if (now - this.#pulsedAt < PULSE_INTERVAL || this.#reducedMotion.matches || document.hidden) return;
    this.#pulsedAt = now;
    this.#button.querySelector('.dot')?.animate(HALO, PULSE);
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @param {string} text
 */
function set(root, selector, text) {
  setText(query(root, selector), text);
}
