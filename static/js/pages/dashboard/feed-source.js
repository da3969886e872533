// @ts-check
/** The log as the feed asks for it: the newest events that fit a filter, those since, one event whole. */

import { REQUEST_TIMEOUT, logOf } from '../../client/api.js';
import { PulseError, errorFromResponse } from '../../client/errors.js';
import { withFilter } from './feed-filter.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {Environment} from '../../client/environment.js'
 * @import {FeedFilter} from './feed-filter.js'
 */

/**
 * @typedef {{events: LogEntry[], after: number}} Stretch  oldest first; `after`: the number looked up to
 * @typedef {LogEntry & {receivedAt: string, eventData: Record<string, unknown>, address?: string | null,
 *   userAgent?: string | null}} WholeEvent
 */

const PAGE = 100;

export class FeedSource {
  #url;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {Pick<Environment, 'fetch' | 'now'>} environment
   */
  constructor(workspace, environment) {
    this.#url = logOf(workspace);
    this.#environment = environment;
  }

  /**
   * @param {FeedFilter} filter
   * @returns {Promise<Stretch>}
   */
  async newest(filter) {
    const { data, meta } = await this.#page(filter, { limit: PAGE });
    return { events: data.reverse(), after: meta.nextAfter };
  }

  /**
   * @param {FeedFilter} filter
   * @param {number} after
   * @returns {Promise<Stretch>}
   */
  async since(filter, after) {
    const { data, meta } = await this.#page(filter, { after, limit: 5 * PAGE });
    return { events: data, after: meta.nextAfter };
  }

  /**
   * @param {string} eventId
   * @returns {Promise<WholeEvent>}
   */
  async whole(eventId) {
    return (await this.#ask(`${this.#url}/${encodeURIComponent(eventId)}`)).data;
  }

  /**
   * @param {FeedFilter} filter
   * @param {Record<string, number>} page
   */
  #page(filter, page) {
    const numbers = Object.entries(page).map(([name, value]) => [name, String(value)]);
    return this.#ask(`${this.#url}?${withFilter(new URLSearchParams(numbers), filter)}`);
  }

  /** @param {string} url */
  async #ask(url) {
    const { fetch, now } = this.#environment;
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    }).catch((cause) => {
      throw new PulseError('The server cannot be reached.', { code: 'LOST', cause });
    });
    if (!response.ok) throw await errorFromResponse(response, now());
    return response.json();
  }
}
