// @ts-check
/** Between the stream and the feed: the filter, and the buffer of a paused feed. Pure but for the source. */

import { BoundedBuffer } from './bounded-buffer.js';
import { matches, needsServer } from './feed-filter.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {FeedFilter} from './feed-filter.js'
 * @import {FeedSource} from './feed-source.js'
 */

/** Milliseconds between two requests, however fast events arrive. */
const FETCH_INTERVAL = 1000;

/**
 * @typedef {object} FeedOutlet
 * @property {(event: AnalyticsEvent) => void} pass  to the feed
 * @property {(events: AnalyticsEvent[]) => void} release  what was buffered, oldest first
 * @property {(events: AnalyticsEvent[]) => void} restart  shows only these, oldest first
 * @property {(waiting: number) => void} onWaiting  how many are buffered
 * @property {(message: string) => void} onError  the error of a request; empty after one that succeeded
 */

export class FeedGate {
  #source;
  #outlet;
  #setTimeout;
  /** @type {FeedFilter} */
  #filter;
  /** @type {BoundedBuffer<AnalyticsEvent>} */
  #held;
  #waiting = 0;
  #isPaused = false;
  /** @type {AnalyticsEvent[] | null} what arrives while the newest are fetched */
  #arrivedMeanwhile = null;
  #after = 0;
  #isFetchScheduled = false;
  #filterVersion = 0;
  #limit;

  /**
   * @param {Pick<FeedSource, 'newest' | 'since'>} source
   * @param {FeedOutlet} outlet
   * @param {object} options
   * @param {number} options.limit  events buffered at most; more are only counted
   * @param {FeedFilter} options.filter
   * @param {(work: () => void, milliseconds: number) => unknown} options.setTimeout
   */
  constructor(source, outlet, { limit, filter, setTimeout }) {
    this.#source = source;
    this.#outlet = outlet;
    this.#filter = filter;
    this.#setTimeout = setTimeout;
    this.#limit = limit;
    this.#held = new BoundedBuffer(limit);
  }

  get isPaused() {
    return this.#isPaused;
  }

  /** @param {AnalyticsEvent} event  from the stream */
  receive(event) {
    if (!matches(this.#filter, event)) return;
    if (this.#arrivedMeanwhile) this.#storeMeanwhile(event);
    else if (needsServer(this.#filter)) this.#scheduleFetch();
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
    /** @type {AnalyticsEvent[]} */
    let found = [];
    let errorText = '';
    try {
      const page = await this.#source.newest(filter);
      found = page.events.map(asEvent);
      if (version === this.#filterVersion) this.#after = page.after;
    } catch (error) {
      errorText = /** @type {Error} */ (error).message;
    }
    if (version !== this.#filterVersion) return; // the filter was changed again meanwhile
    const meanwhile = this.#arrivedMeanwhile ?? [];
    this.#arrivedMeanwhile = null;
    this.#outlet.restart(found);
    this.#outlet.onError(errorText);
    const known = new Set(found.map(({ eventId }) => eventId));
    for (const event of meanwhile) if (!known.has(event.eventId)) this.receive(event);
  }

  /** @param {AnalyticsEvent} event */
  #storeMeanwhile(event) {
    this.#arrivedMeanwhile?.push(event);
    if ((this.#arrivedMeanwhile?.length ?? 0) > this.#limit) this.#arrivedMeanwhile?.shift();
  }

  /** @param {AnalyticsEvent} event */
  #forward(event) {
    if (!this.#isPaused) this.#outlet.pass(event);
    else if (this.#held.add(event)) this.#setWaiting(this.#waiting + 1);
  }

  #scheduleFetch() {
    if (this.#isFetchScheduled) return;
    this.#isFetchScheduled = true;
    const version = this.#filterVersion;
    this.#setTimeout(async () => {
      this.#isFetchScheduled = false; // an event that arrives during the request leads to another one
      if (version === this.#filterVersion) await this.#fetchNew(version);
      else if (needsServer(this.#filter)) this.#scheduleFetch();
    }, FETCH_INTERVAL);
  }

  /** @param {number} version */
  async #fetchNew(version) {
    try {
      const { events, after } = await this.#source.since(this.#filter, this.#after);
      if (version !== this.#filterVersion) return;
      this.#after = Math.max(this.#after, after);
      this.#outlet.onError('');
      for (const event of events) this.#forward(asEvent(event));
    } catch (error) {
      if (version === this.#filterVersion) this.#outlet.onError(/** @type {Error} */ (error).message);
    }
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
 * @returns {AnalyticsEvent}
 */
const asEvent = ({ eventType, userId, timestamp, eventId }) => ({ eventType, userId, timestamp, eventId });
