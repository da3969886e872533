// @ts-check
/** What stands between the stream and the feed: a filter, and a hand that holds it back. Pure but for the source. */

import { Backlog } from './backlog.js';
import { fits, needsServer } from './feed-filter.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {FeedFilter} from './feed-filter.js'
 * @import {FeedSource} from './feed-source.js'
 */

/** Milliseconds between two questions to the server, however fast events arrive. */
const ASK_EVERY = 1000;

/**
 * @typedef {object} Outlet
 * @property {(event: AnalyticsEvent) => void} pass  to the feed
 * @property {(events: AnalyticsEvent[]) => void} release  what was held back, oldest first
 * @property {(events: AnalyticsEvent[]) => void} restart  with these and nothing else, oldest first
 * @property {(waiting: number) => void} onWaiting  how many are held back
 * @property {(message: string) => void} onTrouble  what could not be asked, in words; empty once it could
 */

export class FeedGate {
  #source;
  #outlet;
  #setTimeout;
  /** @type {FeedFilter} */
  #filter;
  /** @type {Backlog<AnalyticsEvent>} */
  #held;
  #waiting = 0;
  #isPaused = false;
  /** @type {AnalyticsEvent[] | null} what arrives while the newest are being asked for */
  #meanwhile = null;
  #after = 0;
  #isAsking = false;
  #turn = 0;
  #limit;

  /**
   * @param {Pick<FeedSource, 'newest' | 'since'>} source
   * @param {Outlet} outlet
   * @param {object} options
   * @param {number} options.limit  events held back at most; more are only counted
   * @param {FeedFilter} options.filter
   * @param {(work: () => void, milliseconds: number) => unknown} options.setTimeout
   */
  constructor(source, outlet, { limit, filter, setTimeout }) {
    this.#source = source;
    this.#outlet = outlet;
    this.#filter = filter;
    this.#setTimeout = setTimeout;
    this.#limit = limit;
    this.#held = new Backlog(limit);
  }

  get isPaused() {
    return this.#isPaused;
  }

  /** @param {AnalyticsEvent} event  as the stream brings it */
  take(event) {
    if (!fits(this.#filter, event)) return;
    if (this.#meanwhile) this.#keep(event);
    else if (needsServer(this.#filter)) this.#askSoon();
    else this.#letThrough(event);
  }

  pause() {
    this.#isPaused = true;
  }

  play() {
    this.#isPaused = false;
    this.#outlet.release(this.#held.take());
    this.#count(0);
  }

  /**
   * Shows what fits from now on, and first the newest of what has.
   * @param {FeedFilter} filter
   */
  async choose(filter) {
    this.#filter = filter;
    this.#turn += 1;
    const turn = this.#turn;
    this.#meanwhile = [];
    this.#held = new Backlog(this.#limit);
    this.#count(0);
    /** @type {AnalyticsEvent[]} */
    let found = [];
    let trouble = '';
    try {
      const stretch = await this.#source.newest(filter);
      found = stretch.events.map(asEvent);
      if (turn === this.#turn) this.#after = stretch.after;
    } catch (error) {
      trouble = /** @type {Error} */ (error).message;
    }
    if (turn !== this.#turn) return; // another choice has been made since
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = null;
    this.#outlet.restart(found);
    this.#outlet.onTrouble(trouble);
    const known = new Set(found.map(({ eventId }) => eventId));
    for (const event of meanwhile) if (!known.has(event.eventId)) this.take(event);
  }

  /** @param {AnalyticsEvent} event */
  #keep(event) {
    this.#meanwhile?.push(event);
    if ((this.#meanwhile?.length ?? 0) > this.#limit) this.#meanwhile?.shift();
  }

  /** @param {AnalyticsEvent} event */
  #letThrough(event) {
    if (!this.#isPaused) this.#outlet.pass(event);
    else if (this.#held.add(event)) this.#count(this.#waiting + 1);
  }

  #askSoon() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const turn = this.#turn;
    this.#setTimeout(async () => {
      this.#isAsking = false; // what arrives during the question leads to another one
      if (turn === this.#turn) await this.#ask(turn);
      else if (needsServer(this.#filter)) this.#askSoon();
    }, ASK_EVERY);
  }

  /** @param {number} turn */
  async #ask(turn) {
    try {
      const { events, after } = await this.#source.since(this.#filter, this.#after);
      if (turn !== this.#turn) return;
      this.#after = Math.max(this.#after, after);
      this.#outlet.onTrouble('');
      for (const event of events) this.#letThrough(asEvent(event));
    } catch (error) {
      if (turn === this.#turn) this.#outlet.onTrouble(/** @type {Error} */ (error).message);
    }
  }

  /** @param {number} waiting */
  #count(waiting) {
    this.#waiting = waiting;
    this.#outlet.onWaiting(waiting);
  }
}

/**
 * An event of the log as the stream tells it.
 * @param {LogEntry} entry
 * @returns {AnalyticsEvent}
 */
const asEvent = ({ eventType, userId, timestamp, eventId }) => ({ eventType, userId, timestamp, eventId });
