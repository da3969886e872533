// @ts-check
/** The line of who is online: polled while the page is visible. */

import { query, setText } from '../../ui/dom.js';
import { requestJson } from '../../ui/http.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 */

const POLL_INTERVAL = 30_000; // milliseconds
const STALE_AFTER = 3 * POLL_INTERVAL;
const MAX_NAMES = 8;

/**
 * @typedef {object} PresenceData
 * @property {Array<{userId: string, name: string}>} online  the latest first
 * @property {number} onlineUsers  may be more than are in `online`
 *
 * @typedef {{data: PresenceData, meta: {timestamp: string}}} PresenceResponse
 */

export class Presence {
  #online;
  #onlineText;
  #clock;
  #environment;
  #url;
  #shownAt = 0;
  #timestamp = '';
  #text = '';
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {HTMLElement} online  the line of names
   * @param {object} use
   * @param {string} use.workspace  slug or id
   * @param {Clock} use.clock
   * @param {Environment} use.environment
   */
  constructor(online, { workspace, clock, environment }) {
    this.#online = online;
    this.#onlineText = query(online, '.here-words');
    this.#clock = clock;
    this.#environment = environment;
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/presence`;
    environment.events.addEventListener('visibilitychange', () => this.#loadIfOld());
  }

  /** @param {PresenceResponse} response */
  show({ data, meta }) {
    this.#shownAt = this.#environment.now();
    this.#timestamp = meta.timestamp;
    this.#text = onlineText(data);
    this.#onlineText.textContent = this.#text;
    this.#onlineText.title = this.#text;
    this.#online.toggleAttribute('data-anybody', data.onlineUsers > 0);
    this.#scheduleLoad();
  }

  #scheduleLoad() {
    this.#environment.clearTimeout(this.#timer);
    // Jitter, so that dashboards do not poll at the same time.
    const wait = POLL_INTERVAL * (0.8 + 0.4 * this.#environment.random());
    this.#timer = this.#environment.setTimeout(() => this.#load(), wait);
  }

  #loadIfOld() {
    if (this.#environment.isVisible() && this.#environment.now() - this.#shownAt > POLL_INTERVAL) this.#load();
  }

  async #load() {
    this.#scheduleLoad();
    if (!this.#environment.isVisible()) return;
    try {
      this.show(await requestJson(this.#environment, this.#url));
    } catch {
      // The badge shows what is wrong with the connection; this line shows only its own age.
      if (this.#environment.now() - this.#shownAt <= STALE_AFTER) return;
      const text = `As of ${this.#clock.time(this.#timestamp)}: ${this.#text}`;
      setText(this.#onlineText, text);
      this.#onlineText.title = text;
      this.#online.removeAttribute('data-anybody');
    }
  }
}

/** @param {string} name  in the order of app/dashboard/first_paint.py, which writes the same line */
const sortKey = (name) => name.normalize('NFKD').toLowerCase();

/** A refresh then does not move the names of the same people. @param {string} one @param {string} other */
const byName = (one, other) => (sortKey(one) < sortKey(other) ? -1 : 1);

/**
 * "Online now: Mika, Olivia and 3 more", in order of their names. Pure.
 * @param {PresenceData} presence
 */
export function onlineText({ online, onlineUsers }) {
  if (onlineUsers === 0) return 'Nobody has been active in the last 5 minutes';
  const names = online.slice(0, MAX_NAMES).map(({ name }) => name).sort(byName);
  const more = onlineUsers - names.length;
  const last = more > 0 ? `${more} more` : names.pop();
  return `Online now: ${names.length ? `${names.join(', ')} and ${last}` : last}`;
}
