// @ts-check
/** Whether the page is still being told what it missed: events from before the stream was opened. Pure. */

const MENTIONED = 10; // events; fewer are there before a word about them could be read
const OVER_AFTER = 1000; // milliseconds without one

export class CatchingUp {
  #openedAt = -Infinity;
  #count = 0;
  #heardAt = -Infinity;

  /** @param {string | undefined} timestamp  the greeting's */
  opened(timestamp) {
    this.#openedAt = Date.parse(timestamp ?? '');
    this.#count = 0;
  }

  /**
   * @param {string} timestamp  the event's
   * @param {number} now
   */
  heard(timestamp, now) {
    this.#count = this.wasMissed(timestamp) ? this.#count + 1 : 0;
    this.#heardAt = now;
  }

  /**
   * Whether an event is from before the stream was opened.
   * @param {string} timestamp
   */
  wasMissed(timestamp) {
    return Date.parse(timestamp) < this.#openedAt;
  }

  /**
   * @param {number} now
   * @returns {number}  events caught up so far; 0 when it is over
   */
  count(now) {
    return this.#count >= MENTIONED && now - this.#heardAt < OVER_AFTER ? this.#count : 0;
  }
}
