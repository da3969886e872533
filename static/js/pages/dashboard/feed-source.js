// @ts-check
/** The feed's requests: the newest events that match a filter, those since, details of one, names of channels. */

import { logOf } from '../../client/api.js';
import { requestJson } from '../../ui/http.js';
import { withFilter } from './feed-filter.js';

/**
 * @import {LogEntry, LogPage} from '../../client/api.js'
 * @import {HttpEnvironment} from '../../ui/http.js'
 * @import {FeedFilter} from './feed-filter.js'
 */

/**
 * @typedef {{events: LogEntry[], after: number}} FeedPage  oldest first; `after`: the sequence number of the last event
 *     that was searched
 * @typedef {LogEntry & {receivedAt: string, eventData: Record<string, unknown>, address?: string | null,
 *   userAgent?: string | null}} EventDetails
 */

const PAGE_SIZE = 100;

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
   * @param {FeedFilter} filter
   * @returns {Promise<FeedPage>}
   */
  async newest(filter) {
    const { data, meta } = await this.#page(filter, { limit: PAGE_SIZE });
    return { events: data.reverse(), after: meta.nextAfter };
  }

  /**
   * @param {FeedFilter} filter
   * @param {number} after
   * @returns {Promise<FeedPage>}
   */
  async since(filter, after) {
    const { data, meta } = await this.#page(filter, { after, limit: 5 * PAGE_SIZE });
    return { events: data, after: meta.nextAfter };
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
  #page(filter, page) {
    const numbers = Object.entries(page).map(([name, value]) => [name, String(value)]);
    return requestJson(this.#environment, `${this.#url}?${withFilter(new URLSearchParams(numbers), filter)}`);
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
