// @ts-check
/** The feed's requests: a page of the events that match a filter, details of one, names of channels. */

import { logOf } from '../../client/api.js';
import { requestJson } from '../../ui/http.js';
import { withFilter } from './feed-filter.js';

/**
 * @import {LogEntry, LogPage} from '../../client/api.js'
 * @import {HttpEnvironment} from '../../ui/http.js'
 * @import {FeedFilter} from './feed-filter.js'
 */

/**
 * @typedef {object} FeedPage
 * @property {LogEntry[]} events  the newest first
 * @property {number | null} before  where the next page begins; null at the end of the log
 *
 * @typedef {LogEntry & {receivedAt: string, eventData: Record<string, unknown>, address?: string | null,
 *   userAgent?: string | null}} EventDetails
 */

const PAGE_SIZE = 100;
const MAX_PAGES = 20; // that are searched for the rows of one screen

export class FeedSource {
  #url;
  #channelsUrl;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {HttpEnvironment} environment
   */
  constructor(workspace, environment) {
    this.#url = logOf(workspace);
    this.#channelsUrl = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/breakdown?by=channel&limit=50`;
    this.#environment = environment;
  }

  /**
   * Page after page, since the server bounds how far one looks: a page may be empty although older events match.
   * @param {FeedFilter} filter
   * @param {number | null} [before]  a number of the log: only older events
   * @returns {Promise<FeedPage>}
   */
  async page(filter, before = null) {
    /** @type {LogEntry[]} */
    const found = [];
    let next = before;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const { data, meta } = await this.#request(filter, { ...(next && { before: next }), limit: PAGE_SIZE });
      found.push(...data);
      next = meta.hasMore ? (meta.nextBefore ?? null) : null;
      if (found.length >= PAGE_SIZE || next === null) break;
    }
    return { events: found, before: next };
  }

  /**
   * @param {string} eventId
   * @returns {Promise<EventDetails>}
   */
  async details(eventId) {
    /** @type {{data: EventDetails}} */
    const { data } = await requestJson(this.#environment, `${this.#url}/${encodeURIComponent(eventId)}`);
    return data;
  }

  /**
   * @param {FeedFilter} filter
   * @param {Record<string, number>} page
   * @returns {Promise<LogPage>}
   */
  #request(filter, page) {
    const numbers = Object.entries(page).map(([name, value]) => [name, String(value)]);
    return requestJson(this.#environment, `${this.#url}?${withFilter(new URLSearchParams(numbers), filter)}`);
  }

  /**
   * Where all of these events can be downloaded.
   * @param {FeedFilter} filter
   * @param {'csv' | 'ndjson'} format
   */
  exportUrl(filter, format) {
    return `${this.#url}/export?${withFilter(new URLSearchParams({ format }), filter)}`;
  }

  /**
   * Today's most active channels, as suggestions.
   * @returns {Promise<string[]>}
   */
  async channels() {
    /** @type {{data: {top: {key: string}[]}}} */
    const { data } = await requestJson(this.#environment, this.#channelsUrl);
    return data.top.map(({ key }) => key);
  }
}
