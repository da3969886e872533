// @ts-check
/**
 * A reorder buffer for frames that another tab forwards: delivers each event once and in order. At a gap it buffers
 * what follows, and fetches the missing events from the log.
 */

import { isLater } from './cursor.js';

/** @import {Frame} from './transport.js' */

const MAX_BUFFERED = 1000; // frames; beyond, the oldest are fetched again instead

export class TabReorderBuffer {
  /** The id of the last event that was delivered. */
  cursor;
  #deliver;
  #fetchMissed;
  /** @type {Array<{frame: Frame, after: string}>} */
  #buffer = [];
  #isFetching = false;

  /**
   * @param {string} cursor  "" = from now on
   * @param {(frame: Frame) => void} deliver
   * @param {(cursor: string) => Promise<Frame[]>} fetchMissed  the frames after the cursor, up to now
   */
  constructor(cursor, deliver, fetchMissed) {
    this.cursor = cursor;
    this.#deliver = deliver;
    this.#fetchMissed = fetchMissed;
  }

  /**
   * @param {Frame} frame
   * @param {string} after  the sender's cursor before this frame
   */
  receive(frame, after) {
    this.#store(frame, after);
    if (!this.#isFetching) this.#drain();
  }

  /**
   * The sender is at this cursor: what is missing here up to there is fetched.
   * @param {string} cursor
   */
  catchUpTo(cursor) {
    this.cursor ||= cursor;
    if (cursor && isLater(cursor, this.cursor)) this.#fetchGap();
  }

  /**
   * @param {Frame} frame
   * @param {string} after
   */
  #store(frame, after) {
    this.#buffer.push({ frame, after });
    if (this.#buffer.length > MAX_BUFFERED) this.#buffer.shift();
  }

  #drain() {
    for (let next = this.#buffer.shift(); next; next = this.#buffer.shift()) {
      const { frame, after } = next;
      if (frame.event !== 'reset' && this.#hasGapBefore(after)) {
        this.#buffer.unshift(next);
        return this.#fetchGap();
      }
      this.#deliverOnce(frame);
    }
  }

  /** @param {string} after */
  #hasGapBefore(after) {
    return this.cursor !== '' && after !== '' && isLater(after, this.cursor);
  }

  /** @param {Frame} frame */
  #deliverOnce(frame) {
    if (frame.event !== 'reset' && !isLater(frame.id, this.cursor)) return;
    this.cursor = frame.id;
    this.#deliver(frame);
  }

  async #fetchGap() {
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      (await this.#fetchMissed(this.cursor)).forEach((frame) => this.#deliverOnce(frame));
      this.#isFetching = false;
      this.#drain();
    } catch {
      this.#isFetching = false; // retried at the next frame, or at the next connection
    }
  }
}
