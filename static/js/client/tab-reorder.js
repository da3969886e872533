// @ts-check
/**
 * Puts in order what another tab passes on: each event once, none left out. Where one is missing, it holds the rest
 * back and fetches what is missing from the log.
 */

import { isLater } from './cursor.js';

/** @import {Frame} from './transport.js' */

const MOST_HELD = 1000; // frames; beyond, it is cheaper to fetch them too

export class Inbox {
  /** The id of the last event that was delivered. */
  cursor;
  #deliver;
  #missed;
  /** @type {Array<{frame: Frame, after: string}>} */
  #held = [];
  #filling = false;

  /**
   * @param {string} cursor  "" = from now on
   * @param {(frame: Frame) => void} deliver
   * @param {(cursor: string) => Promise<Frame[]>} missed  the frames after the cursor, up to now
   */
  constructor(cursor, deliver, missed) {
    this.cursor = cursor;
    this.#deliver = deliver;
    this.#missed = missed;
  }

  /**
   * @param {Frame} frame
   * @param {string} after  the id that the sender's frames had reached before this one
   */
  take(frame, after) {
    this.#hold(frame, after);
    if (!this.#filling) this.#offerHeld();
  }

  /**
   * The sender has all up to there: what is not here yet is fetched.
   * @param {string} cursor
   */
  reachedElsewhere(cursor) {
    this.cursor ||= cursor;
    if (cursor && isLater(cursor, this.cursor)) this.#fill();
  }

  /**
   * @param {Frame} frame
   * @param {string} after
   */
  #hold(frame, after) {
    this.#held.push({ frame, after });
    if (this.#held.length > MOST_HELD) this.#held.shift();
  }

  #offerHeld() {
    for (let next = this.#held.shift(); next; next = this.#held.shift()) {
      const { frame, after } = next;
      if (frame.event !== 'reset' && this.#misses(after)) {
        this.#held.unshift(next);
        return this.#fill();
      }
      this.#accept(frame);
    }
  }

  /** @param {string} after */
  #misses(after) {
    return this.cursor !== '' && after !== '' && isLater(after, this.cursor);
  }

  /** @param {Frame} frame */
  #accept(frame) {
    if (frame.event !== 'reset' && !isLater(frame.id, this.cursor)) return;
    this.cursor = frame.id;
    this.#deliver(frame);
  }

  async #fill() {
    if (this.#filling) return;
    this.#filling = true;
    try {
      (await this.#missed(this.cursor)).forEach((frame) => this.#accept(frame));
      this.#filling = false;
      this.#offerHeld();
    } catch {
      this.#filling = false; // tried again with the next frame, or when the line is there again
    }
  }
}
