// @ts-check
/**
 * The one estimate of the server's time of day, learnt from its answers: a visitor's clock may be hours off. The most
 * exact answer counts. Pure.
 */

const CLOSE_ENOUGH = 2000; // milliseconds that no timestamp is corrected by
const KEPT_FOR = 1_800_000; // milliseconds: clocks drift
const WAS_SET = 60_000; // milliseconds between two answers that no trip explains: one of the clocks was set
const WHOLE_SECONDS = 500; // milliseconds that a `Date` header may be off by, either way

/**
 * @typedef {object} ClockSample
 * @property {number} askedAt     milliseconds since 1970, by this browser, as `answeredAt`
 * @property {number} answeredAt
 * @property {number} serverTime  milliseconds since 1970, by the server
 */

/**
 * By how many milliseconds the server's clock is ahead of this browser's. Its time lies somewhere between question and
 * answer: halfway, give or take half the trip.
 * @param {ClockSample} sample
 */
export const aheadOf = ({ askedAt, answeredAt, serverTime }) => serverTime - (askedAt + answeredAt) / 2;

export class ServerClock {
  /** @type {{at: number, margin: number, ahead: number} | null} */
  #best = null;

  /**
   * @param {number} askedAt
   * @param {number} answeredAt
   * @param {number} serverTime
   * @param {number} [precision]  milliseconds that `serverTime` itself may be off by
   */
  heard(askedAt, answeredAt, serverTime, precision = 0) {
    const trip = answeredAt - askedAt;
    if (trip < 0 || Number.isNaN(serverTime)) return; // set back meanwhile
    const sample = { at: answeredAt, margin: trip / 2 + precision, ahead: aheadOf({ askedAt, answeredAt, serverTime }) };
    if (this.#best === null || isBetter(sample, this.#best)) this.#best = sample;
  }

  /**
   * @param {string | null} date  an answer's `Date` header
   * @param {number} askedAt
   * @param {number} answeredAt
   */
  heardDate(date, askedAt, answeredAt) {
    this.heard(askedAt, answeredAt, Date.parse(date ?? '') + WHOLE_SECONDS, WHOLE_SECONDS);
  }

  /** By how many milliseconds the server's clock is ahead of this browser's; null before it is known. */
  get ahead() {
    return this.#best === null ? null : this.#best.ahead;
  }

  /**
   * @param {number} now
   * @returns {string | null}  ISO 8601; null before the first answer
   */
  timestamp(now) {
    if (this.ahead === null) return null;
    return new Date(now + (Math.abs(this.ahead) < CLOSE_ENOUGH ? 0 : this.ahead)).toISOString();
  }
}

/**
 * @param {{at: number, margin: number, ahead: number}} sample
 * @param {{at: number, margin: number, ahead: number}} best
 */
function isBetter(sample, best) {
  const wasSet = Math.abs(sample.ahead - best.ahead) > WAS_SET;
  return wasSet || sample.margin < best.margin || sample.at - best.at > KEPT_FOR;
}
