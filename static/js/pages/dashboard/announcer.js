// @ts-check
/** The live region for screen readers: a lost and a restored connection at once, the stats rarely. */

import { fullNumber } from '../../ui/number-format.js';

/**
 * @import {Stats} from '../../client/api.js'
 * @import {ConnectionCondition, ConnectionText} from './connection-text.js'
 */

const STATS_INTERVAL = 120_000; // milliseconds

/**
 * What lasts is in a notice (connection-status.js).
 * @type {Partial<Record<ConnectionCondition, string>>}
 */
const CONNECTION_TEXTS = {
  live: 'Live.',
  reconnecting: 'Connection lost. Reconnecting.',
};

export class Announcer {
  #region;
  /** @type {ConnectionCondition} */
  #condition = 'connecting';
  #statsAt;
  #lastText = '';

  /**
   * @param {HTMLElement} region  polite
   * @param {number} now
   */
  constructor(region, now) {
    this.#region = region;
    this.#statsAt = now;
  }

  /** @param {ConnectionText} text */
  connection({ condition }) {
    if (condition === this.#condition) return;
    this.#condition = condition;
    this.#announce(CONNECTION_TEXTS[condition] ?? '');
  }

  /**
   * @param {Stats} stats
   * @param {number} now
   */
  stats({ activeUsers, onlineUsers, messagesToday }, now) {
    const people = `${fullNumber(activeUsers)} active users, ${fullNumber(onlineUsers)} online`;
    const text = `${people}, ${fullNumber(messagesToday)} messages today.`;
    if (now - this.#statsAt < STATS_INTERVAL || text === this.#lastText) return;
    this.#statsAt = now;
    this.#lastText = text;
    this.#announce(text);
  }

  /** @param {string} text */
  #announce(text) {
    this.#region.textContent = text;
  }
}
