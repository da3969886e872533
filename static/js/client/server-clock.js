// @ts-check
/**
 * Estimates the offset of the server's clock from its responses, of which the most exact one counts: a browser's own
 * clock may be hours off. Pure.
 */

const MIN_CORRECTION = 2000; // milliseconds; a smaller offset is not corrected
const SAMPLE_TTL = 1_800_000; // milliseconds; clocks drift
const CLOCK_STEP = 60_000; // milliseconds between two offsets: more than any round trip, so one of the clocks was set
const DATE_HEADER_ERROR = 500; // milliseconds, either way: a `Date` header has whole seconds

/**
 * @typedef {object} ClockSample
 * @property {number} requestedAt     milliseconds since 1970, by this browser, as `respondedAt`
 * @property {number} respondedAt
 * @property {number} serverTime  milliseconds since 1970, by the server
 */

/**
 * By how many milliseconds the server's clock is ahead of this browser's. `serverTime` was between request and
 * response: halfway, give or take half the round trip.
 * @param {ClockSample} sample
 */
export const clockOffset = ({ requestedAt, respondedAt, serverTime }) => serverTime - (requestedAt + respondedAt) / 2;

export class ServerClock {
  /** @type {{at: number, margin: number, offset: number} | null} */
  #best = null;

  /**
   * @param {number} requestedAt
   * @param {number} respondedAt
   * @param {number} serverTime
   * @param {number} [precision]  milliseconds of the possible error of `serverTime` itself
   */
  addSample(requestedAt, respondedAt, serverTime, precision = 0) {
    const roundTrip = respondedAt - requestedAt;
    if (roundTrip < 0 || Number.isNaN(serverTime)) return; // set back meanwhile
    const offset = clockOffset({ requestedAt, respondedAt, serverTime });
    const sample = { at: respondedAt, margin: roundTrip / 2 + precision, offset };
    if (this.#best === null || isBetter(sample, this.#best)) this.#best = sample;
  }

  /**
   * @param {string | null} date  a response's `Date` header
   * @param {number} requestedAt
   * @param {number} respondedAt
   */
  addDateHeader(date, requestedAt, respondedAt) {
    this.addSample(requestedAt, respondedAt, Date.parse(date ?? '') + DATE_HEADER_ERROR, DATE_HEADER_ERROR);
  }

  /** By how many milliseconds the server's clock is ahead of this browser's; null before the first response. */
  get offset() {
    return this.#best === null ? null : this.#best.offset;
  }

  /**
   * @param {number} now
   * @returns {string | null}  ISO 8601; null before the first response
   */
  timestamp(now) {
    if (this.offset === null) return null;
    return new Date(now + (Math.abs(this.offset) < MIN_CORRECTION ? 0 : this.offset)).toISOString();
  }
}

/**
 * @param {{at: number, margin: number, offset: number}} sample
 * @param {{at: number, margin: number, offset: number}} best
 */
function isBetter(sample, best) {
  const isStep = Math.abs(sample.offset - best.offset) > CLOCK_STEP;
  return isStep || sample.margin < best.margin || sample.at - best.at > SAMPLE_TTL;
}
