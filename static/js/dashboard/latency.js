// @ts-check
/** How long events take from being recorded to being on this screen: the median of the latest few. Pure. */

const MOST = 9;
const KEPT_FOR = 300_000; // milliseconds
const LATE_ENOUGH = 30_000; // beyond, it is an event of the past that was posted or fetched late

export class Latency {
  /** @type {{at: number, took: number}[]} */
  #samples = [];

  /**
   * @param {string} timestamp  of the event
   * @param {number} shownAt  by the server's clock, as the timestamp
   */
  shown(timestamp, shownAt) {
    const took = shownAt - Date.parse(timestamp);
    if (!(took > -LATE_ENOUGH && took < LATE_ENOUGH)) return;
    this.#samples.push({ at: shownAt, took: Math.max(0, took) });
    if (this.#samples.length > MOST) this.#samples.shift();
  }

  /**
   * @param {number} now  by the server's clock
   * @returns {number | null}  milliseconds; null where nothing has come for minutes
   */
  median(now) {
    const lately = this.#samples.filter(({ at }) => now - at < KEPT_FOR).map(({ took }) => took);
    return lately.sort((a, b) => a - b)[lately.length >> 1] ?? null;
  }
}

/**
 * "38 ms", "1.2 s".
 * @param {number} milliseconds
 */
export const latencyWords = (milliseconds) =>
  milliseconds < 995 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
