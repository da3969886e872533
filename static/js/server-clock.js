// @ts-check
/** The server's time of day, learnt from its answers: a visitor's clock may be hours off. */

const CLOSE_ENOUGH = 2000; // milliseconds: a `Date` header names whole seconds, and an answer takes its time

export class ServerClock {
  /** @type {number | null} */
  #ahead = null;

  /**
   * @param {string | null} date  an answer's `Date` header
   * @param {number} now  milliseconds since 1970, by the visitor's clock
   */
  heard(date, now) {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told)) return;
    const ahead = told + 500 - now;
    this.#ahead = Math.abs(ahead) < CLOSE_ENOUGH ? 0 : ahead;
  }

  /**
   * @param {number} now
   * @returns {string | null}  ISO 8601; null before the first answer
   */
  timestamp(now) {
    return this.#ahead === null ? null : new Date(now + this.#ahead).toISOString();
  }
}
