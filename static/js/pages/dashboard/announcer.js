// @ts-check
/** What screen readers are told unasked: that the line is lost or back, at once; the figures, rarely. */

import { exact } from '../../ui/figure.js';

/**
 * @import {Stats} from '../../client/api.js'
 * @import {Condition, ConnectionWords} from './connection-words.js'
 */

const FIGURES_EVERY = 120_000;

/**
 * What lasts is said by a notice; see status.js.
 * @type {Partial<Record<Condition, string>>}
 */
const SPOKEN = {
  live: 'Live.',
  reconnecting: 'Connection lost. Reconnecting.',
};

export class Announcer {
  #region;
  /** @type {Condition} */
  #condition = 'connecting';
  #figuresAt;
  #figures = '';

  /**
   * @param {HTMLElement} region  polite
   * @param {number} now
   */
  constructor(region, now) {
    this.#region = region;
    this.#figuresAt = now;
  }

  /** @param {ConnectionWords} words */
  connection({ condition }) {
    if (condition === this.#condition) return;
    this.#condition = condition;
    this.#say(SPOKEN[condition] ?? '');
  }

  /**
   * @param {Stats} stats
   * @param {number} now
   */
  figures({ activeUsers, onlineUsers, messagesToday }, now) {
    const people = `${exact(activeUsers)} active users, ${exact(onlineUsers)} online`;
    const words = `${people}, ${exact(messagesToday)} messages today.`;
    if (now - this.#figuresAt < FIGURES_EVERY || words === this.#figures) return;
    this.#figuresAt = now;
    this.#figures = words;
    this.#say(words);
  }

  /** @param {string} words */
  #say(words) {
    this.#region.textContent = words;
  }
}
