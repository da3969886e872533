// @ts-check
/** The panel of who is online, and of the most active channels and people: polled while the page is visible. */

import { query, resizeList, setText } from '../../ui/dom.js';
import { requestJson } from '../../ui/http.js';
import { fullNumber } from '../../ui/number-format.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 */

const POLL_INTERVAL = 30_000; // milliseconds
const STALE_AFTER = 3 * POLL_INTERVAL;
const MAX_NAMES = 8;
const SHORT_ID = 8; // characters of an id that tell people apart
const EMPTY = { channels: 'No messages yet', people: 'Nobody yet' };
const NOT_RANKED = 'Too much has happened to rank it';

/**
 * @typedef {{key: string, count: number, name?: string | null}} RankedPart
 *
 * @typedef {object} PresenceData
 * @property {Array<{userId: string, name: string}>} online  the latest first
 * @property {number} onlineUsers  may be more than are in `online`
 * @property {RankedPart[] | null} channels  null if too much happened to be ranked
 * @property {RankedPart[] | null} people
 *
 * @typedef {{data: PresenceData, meta: {timestamp: string}}} PresenceResponse
 * @typedef {{name: string, count: number | null}} ActivityRow  a row with a text instead of a name has no count
 */

export class Presence {
  #lists;
  #template;
  #asOf;
  #online;
  #onlineText;
  #clock;
  #environment;
  #url;
  #shownAt = 0;
  #timestamp = '';
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} online  the line of names
   * @param {object} use
   * @param {string} use.workspace  slug or id
   * @param {Clock} use.clock
   * @param {Environment} use.environment
   */
  constructor(root, online, { workspace, clock, environment }) {
    this.#lists = /** @type {const} */ (['channels', 'people']).map((kind) => ({
      kind,
      list: query(root, `[data-of="${kind}"]`),
    }));
    this.#template = query(root, 'template', HTMLTemplateElement);
    this.#asOf = query(root, '.lively-as-of');
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
    this.#onlineText.textContent = onlineText(data);
    this.#onlineText.title = onlineText(data);
    this.#online.toggleAttribute('data-anybody', data.onlineUsers > 0);
    for (const { kind, list } of this.#lists) this.#fill(list, activityRows(data, kind));
    this.#asOf.textContent = '';
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
      // The badge shows what is wrong with the connection; this panel shows only its own age.
      if (this.#environment.now() - this.#shownAt > STALE_AFTER)
        setText(this.#asOf, `as of ${this.#clock.time(this.#timestamp)}`);
    }
  }

  /**
   * @param {HTMLElement} list
   * @param {ActivityRow[]} rows
   */
  #fill(list, rows) {
    resizeList(list, this.#template, rows.length);
    rows.forEach(({ name, count }, at) => {
      const row = list.children[at];
      const [label, value] = /** @type {HTMLElement[]} */ ([...row.children]);
      row.classList.toggle('is-words', count === null);
      label.textContent = name;
      label.title = name;
      value.textContent = count === null ? '' : fullNumber(count);
    });
  }
}

/**
 * "Online now: Mika, Olivia and 3 more". Pure.
 * @param {PresenceData} presence
 */
export function onlineText({ online, onlineUsers }) {
  if (onlineUsers === 0) return 'Nobody has been active in the last 5 minutes';
  const names = online.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = onlineUsers - names.length;
  const last = more > 0 ? `${more} more` : names.pop();
  return `Online now: ${names.length ? `${names.join(', ')} and ${last}` : last}`;
}

/**
 * Pure.
 * @param {PresenceData} presence
 * @param {'channels' | 'people'} kind
 * @returns {ActivityRow[]}
 */
export function activityRows(presence, kind) {
  const parts = presence[kind];
  if (parts === null) return [{ name: NOT_RANKED, count: null }];
  if (parts.length === 0) return [{ name: EMPTY[kind], count: null }];
  return parts.map(({ key, name, count }) => ({
    name: kind === 'channels' ? `#${key}` : (name ?? key.slice(0, SHORT_ID)),
    count,
  }));
}
