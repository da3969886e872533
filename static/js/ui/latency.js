// @ts-check
/** How long events take from being recorded to being on this screen: the median of the latest few. Pure. */

const MOST = 9;
const KEPT = 100; // of which some may turn out to be of the past
const KEPT_FOR = 300_000; // milliseconds
const LATE_ENOUGH = 30_000; // beyond, it is an event of the past that was posted or fetched late

/** Both moments are kept as they were read: how the two clocks differ may become known only later. */
export class Latency {
  /** @type {{recordedAt: number, shownAt: number}[]} */
  #samples = [];

  /**
   * @param {string} timestamp  of the event, by the server's clock
   * @param {number} shownAt  by this browser's, as all that follows
   */
  shown(timestamp, shownAt) {
    const recordedAt = Date.parse(timestamp);
    if (Number.isNaN(recordedAt)) return;
    this.#samples.push({ recordedAt, shownAt });
    if (this.#samples.length > KEPT) this.#samples.shift();
  }

  /**
   * @param {number} now
   * @param {number | null} ahead  by how much the server's clock is ahead; null while that is not known
   * @returns {number | null}  milliseconds; null where nothing has come for minutes, or nobody can say
   */
  median(now, ahead) {
    if (ahead === null) return null;
    const lately = this.#samples
      .filter(({ shownAt }) => now - shownAt < KEPT_FOR)
      .map(({ recordedAt, shownAt }) => shownAt + ahead - recordedAt)
      .filter((took) => Math.abs(took) < LATE_ENOUGH)
      .slice(-MOST);
    const middle = lately.sort((a, b) => a - b)[lately.length >> 1];
    return middle === undefined ? null : Math.max(0, middle);
  }
}

/**
 * "38 ms", "1.2 s".
 * @param {number} milliseconds
 */
export const latencyWords = (milliseconds) =>
  milliseconds < 995 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
