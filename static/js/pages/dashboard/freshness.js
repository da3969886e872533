// @ts-check
/** How old the figures are, by this page's own clock: the server's may differ. */

const LATE_AFTER = 3; // ticks: one may be lost, two may be slow

export class Freshness {
  #heardAt;
  #interval = Infinity;
  /** What the figures themselves say they are of. */
  timestamp;

  /**
   * @param {string} timestamp  of the figures the page came with
   * @param {number} now
   */
  constructor(timestamp, now) {
    this.timestamp = timestamp;
    this.#heardAt = now;
  }

  /** @param {number} seconds  between two figures, as the server promises */
  expectEvery(seconds, /** @type {number} */ now) {
    this.#interval = seconds * 1000;
    this.#heardAt = now;
  }

  /**
   * @param {string} timestamp
   * @param {number} now
   */
  heard(timestamp, now) {
    this.timestamp = timestamp;
    this.#heardAt = now;
  }

  /** @param {number} now */
  areFiguresLate(now) {
    return now - this.#heardAt > LATE_AFTER * this.#interval;
  }
}
