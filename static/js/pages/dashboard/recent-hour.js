// @ts-check
/** One figure in the last hour, minute by minute: from history, then from what is heard. Pure; bounded. */

const MINUTE = 60_000;
const MINUTES = 60;

export class RecentHour {
  /** @type {Map<number, number>} the last figure of each minute */
  #minutes = new Map();

  /**
   * Takes what history has. The running minute is not replaced: what was heard is newer.
   * @param {string[]} at
   * @param {Array<number | null>} last
   * @param {number} now
   */
  load(at, last, now) {
    at.forEach((moment, index) => {
      const minute = minuteOf(Date.parse(moment));
      const value = last[index];
      if (value === null || (minute === minuteOf(now) && this.#minutes.has(minute))) return;
      this.#minutes.set(minute, value);
    });
    this.#forget(now);
  }

  /**
   * @param {number | null} value
   * @param {number} now
   */
  hear(value, now) {
    if (value !== null) this.#minutes.set(minuteOf(now), value);
    this.#forget(now);
  }

  /**
   * @param {number} now
   * @returns {Array<number | null>} oldest first; null where nothing is known
   */
  points(now) {
    const first = minuteOf(now) - MINUTES;
    return Array.from({ length: MINUTES + 1 }, (_, index) => this.#minutes.get(first + index) ?? null);
  }

  /** @param {number} now */
  #forget(now) {
    const first = minuteOf(now) - MINUTES;
    for (const minute of this.#minutes.keys()) if (minute < first) this.#minutes.delete(minute);
  }
}

/** @param {number} moment */
const minuteOf = (moment) => Math.floor(moment / MINUTE);
