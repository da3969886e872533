// @ts-check
/** Shows the state of the connection on the page: badge, window title, age of what it shows, notice. */

import { query, setText } from '../../ui/dom.js';
import { durationText } from '../../ui/number-format.js';
import { isOpen } from './connection-text.js';

/**
 * @import {ConnectionState} from '../../client/connection-state.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {Notice, Notices} from '../../ui/notices.js'
 * @import {Announcer} from './announcer.js'
 * @import {ConnectionBadge} from './connection-badge.js'
 * @import {ConnectionText} from './connection-text.js'
 */

/** Milliseconds for which only the badge shows a lost connection: most are back by then. */
const GRACE_PERIOD = 3000;
const VIA_TEXTS = new Map([[/** @type {string | null} */ ('stream'), 'a stream'], ['polling', 'asking every 5 s']]);
const OFTEN_BRIEF = new Set(['connecting', 'reconnecting']);

/**
 * Whether the stats on the page may be older than a tick.
 * @param {ConnectionText} text
 * @param {ConnectionState} state
 * @param {number} now
 */
export function areStale({ condition }, { since }, now) {
  if (OFTEN_BRIEF.has(condition)) return now - since > GRACE_PERIOD;
  return condition === 'late' || !isOpen(condition);
}

/**
 * The line below the stats.
 * @param {boolean} stale
 * @param {string} statsTime
 * @param {string} zone
 */
export function asOf(stale, statsTime, zone) {
  if (!stale) return `Times are in ${zone}`;
  return `Figures from ${statsTime}: newer ones have not arrived`;
}

export class ConnectionStatus {
  #parts;
  #actions;
  #title = document.title;

  /**
   * @param {object} parts
   * @param {ConnectionBadge} parts.badge
   * @param {Notices} parts.notices
   * @param {Announcer} parts.announcer
   * @param {HTMLElement} parts.main  all that is kept live, with `.as-of`; `data-stale` while it may be old
   * @param {Clock} parts.clock
   * @param {Record<string, Notice['action']>} actions  by condition
   */
  constructor(parts, actions) {
    this.#parts = parts;
    this.#actions = actions;
  }

  /**
   * @param {ConnectionText} text
   * @param {ConnectionState} state
   * @param {string} statsTimestamp
   * @param {number} now
   * @param {number | null} latency  milliseconds
   */
  show(text, state, statsTimestamp, now, latency) {
    const { badge, announcer, clock } = this.#parts;
    const statsTime = clock.time(statsTimestamp);
    const stale = areStale(text, state, now);
    badge.show(text, {
      since: clock.time(state.since),
      statsTime,
      latency: latency === null ? 'not measured yet' : durationText(latency),
      via: VIA_TEXTS.get(state.via) ?? 'nothing now',
      lastEventId: state.lastEventId,
    });
    announcer.connection(text);
    this.#showTitle(text);
    this.#showStatsTime(stale, asOf(stale, statsTime, clock.zone));
    this.#showNotice(stale, text);
  }

  /** @param {ConnectionText} text */
  #showTitle({ condition, word }) {
    const title = isOpen(condition) || condition === 'connecting' ? this.#title : `${word} · ${this.#title}`;
    if (document.title !== title) document.title = title;
  }

  /**
   * @param {boolean} stale
   * @param {string} text
   */
  #showStatsTime(stale, text) {
    this.#parts.main.toggleAttribute('data-stale', stale);
    setText(query(this.#parts.main, '.as-of'), text);
  }

  /**
   * @param {boolean} stale
   * @param {ConnectionText} text
   */
  #showNotice(stale, { condition, tone, sentence }) {
    if (!stale && condition !== 'slow') return this.#parts.notices.clear('connection');
    this.#parts.notices.show('connection', { tone, text: sentence, action: this.#actions[condition] });
  }
}
