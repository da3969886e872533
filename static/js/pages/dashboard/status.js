// @ts-check
/** Tells the whole page how it stands with the connection: badge, window title, figures, notice. */

import { isOpen } from './connection-words.js';
import { latencyWords } from '../../ui/latency.js';

/**
 * @import {ConnectionState} from '../../client/connection-state.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {Notice, Notices} from '../../ui/notices.js'
 * @import {Announcer} from './announcer.js'
 * @import {Badge} from './badge.js'
 * @import {ConnectionWords} from './connection-words.js'
 */

/** Milliseconds for which a lost line is nobody's business but the badge's: most are back by then. */
const GRACE = 3000;
const WAYS = new Map([[/** @type {string | null} */ ('stream'), 'a stream'], ['polling', 'asking every 5 s']]);
const MAY_BE_BRIEF = new Set(['connecting', 'reconnecting']);

/**
 * Whether the figures on the page may differ from the truth by more than a tick.
 * @param {ConnectionWords} words
 * @param {ConnectionState} state
 * @param {number} now
 */
export function areStale({ condition }, { since }, now) {
  if (MAY_BE_BRIEF.has(condition)) return now - since > GRACE;
  return condition === 'late' || !isOpen(condition);
}

/**
 * The line below the figures.
 * @param {boolean} stale
 * @param {string} figuresAt
 * @param {string} zone
 */
export function asOf(stale, figuresAt, zone) {
  if (!stale) return `Times are in ${zone}`;
  return `Figures from ${figuresAt}: newer ones have not arrived`;
}

export class Status {
  #parts;
  #actions;
  #title = document.title;

  /**
   * @param {object} parts
   * @param {Badge} parts.badge
   * @param {Notices} parts.notices
   * @param {Announcer} parts.announcer
   * @param {HTMLElement} parts.now  the section of the figures, with `.as-of`
   * @param {Clock} parts.clock
   * @param {Record<string, Notice['action']>} actions  by condition: what to do about it
   */
  constructor(parts, actions) {
    this.#parts = parts;
    this.#actions = actions;
  }

  /**
   * @param {ConnectionWords} words
   * @param {ConnectionState} state
   * @param {string} figuresTimestamp
   * @param {number} now
   * @param {number | null} latency  milliseconds
   */
  show(words, state, figuresTimestamp, now, latency) {
    const { badge, announcer, clock } = this.#parts;
    const figures = clock.time(figuresTimestamp);
    const stale = areStale(words, state, now);
    badge.show(words, {
      since: clock.time(state.since),
      figures,
      latency: latency === null ? 'not measured yet' : latencyWords(latency),
      via: WAYS.get(state.via) ?? 'nothing now',
      lastEventId: state.lastEventId,
    });
    announcer.connection(words);
    this.#showTitle(words);
    this.#showFigures(stale, asOf(stale, figures, clock.zone));
    this.#showNotice(stale, words);
  }

  /** @param {ConnectionWords} words */
  #showTitle({ condition, word }) {
    const title = isOpen(condition) || condition === 'connecting' ? this.#title : `${word} · ${this.#title}`;
    if (document.title !== title) document.title = title;
  }

  /**
   * @param {boolean} stale
   * @param {string} words
   */
  #showFigures(stale, words) {
    const line = /** @type {HTMLElement} */ (this.#parts.now.querySelector('.as-of'));
    this.#parts.now.toggleAttribute('data-stale', stale);
    if (line.textContent !== words) line.textContent = words;
  }

  /**
   * @param {boolean} stale
   * @param {ConnectionWords} words
   */
  #showNotice(stale, { condition, tone, sentence }) {
    if (!stale && condition !== 'slow') return this.#parts.notices.clear('connection');
    this.#parts.notices.show('connection', { tone, text: sentence, action: this.#actions[condition] });
  }
}
