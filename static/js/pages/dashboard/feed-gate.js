// @ts-check
/** Between the stream and the feed: the filter, and the buffer of a paused feed. Pure but for the source. */

import { BoundedBuffer } from './bounded-buffer.js';
import { matches } from './feed-filter.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {FeedEvent} from './feed.js'
 * @import {FeedFilter} from './feed-filter.js'
 * @import {FeedSource} from './feed-source.js'
 */

/**
 * @typedef {object} FeedOutlet
 * @property {(event: FeedEvent) => void} pass  to the feed
 * @property {(events: FeedEvent[]) => void} release  what was buffered, oldest first
 * @property {(events: FeedEvent[], before: number | null) => void} restart  shows only these, oldest first;
 *     older ones are to be had before that number of the log
 * @property {(waiting: number) => void} onWaiting  how many are buffered
 * @property {(message: string) => void} onError  the error of a request; empty after one that succeeded
 */

export class FeedGate {
  #source;
  #outlet;
  /** @type {FeedFilter} */
  #filter;
  /** @type {BoundedBuffer<FeedEvent>} */
  #held;
  #waiting = 0;
  #isPaused = false;
  /** @type {FeedEvent[] | null} what arrives while the newest are fetched */
  #arrivedMeanwhile = null;
  #filterVersion = 0;
  #limit;

  /**
   * @param {Pick<FeedSource, 'page'>} source
   * @param {FeedOutlet} outlet
   * @param {object} options
   * @param {number} options.limit  events buffered at most; more are only counted
   * @param {FeedFilter} options.filter
   */
  constructor(source, outlet, { limit, filter }) {
    this.#source = source;
    this.#outlet = outlet;
    this.#filter = filter;
    this.#limit = limit;
    this.#held = new BoundedBuffer(limit);
  }

  /** @param {FeedEvent} event  from the stream */
  receive(event) {
    if (!matches(this.#filter, event)) return;
    if (this.#arrivedMeanwhile) this.#storeMeanwhile(event);
    else this.#forward(event);
  }

  pause() {
    this.#isPaused = true;
  }

  play() {
    this.#isPaused = false;
    this.#outlet.release(this.#held.drain());
    this.#setWaiting(0);
  }

  /**
   * Shows the newest events that match, and then those that arrive.
   * @param {FeedFilter} filter
   */
  async setFilter(filter) {
    this.#filter = filter;
    this.#filterVersion += 1;
    const version = this.#filterVersion;
    this.#arrivedMeanwhile = [];
    this.#held = new BoundedBuffer(this.#limit);
    this.#setWaiting(0);
    /** @type {FeedEvent[]} */
    let found = [];
    /** @type {number | null} */
    let before = null;
    let errorText = '';
    try {
      const page = await this.#source.page(filter);
      found = page.events.map(asFeedEvent).reverse();
      ({ before } = page);
    } catch (error) {
      errorText = /** @type {Error} */ (error).message;
    }
    if (version !== this.#filterVersion) return; // the filter was changed again meanwhile
    const meanwhile = this.#arrivedMeanwhile ?? [];
    this.#arrivedMeanwhile = null;
    this.#outlet.restart(found, before);
    this.#outlet.onError(errorText);
    const known = new Set(found.map(({ eventId }) => eventId));
    for (const event of meanwhile) if (!known.has(event.eventId)) this.receive(event);
  }

  /** @param {FeedEvent} event */
  #storeMeanwhile(event) {
    this.#arrivedMeanwhile?.push(event);
    if ((this.#arrivedMeanwhile?.length ?? 0) > this.#limit) this.#arrivedMeanwhile?.shift();
  }

  /** @param {FeedEvent} event */
  #forward(event) {
    if (!this.#isPaused) this.#outlet.pass(event);
    else if (this.#held.add(event)) this.#setWaiting(this.#waiting + 1);
  }

  /** @param {number} waiting */
  #setWaiting(waiting) {
    this.#waiting = waiting;
    this.#outlet.onWaiting(waiting);
  }
}

/**
 * An entry of the event log in the form of the stream.
 * @param {LogEntry} entry
 * @returns {FeedEvent}
 */
export const asFeedEvent = ({ sessionId: _session, ...event }) => event;
