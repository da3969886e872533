// @ts-check
/** Which stretch of time a chart shows, in which steps, and which one came before it. Pure. */

/** @typedef {import('./figures-api.js').Stretch} Stretch */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MINUTES_ARE_KEPT = 48 * HOUR;

/** @type {Record<string, number>} */
export const RANGES = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };
export const USUAL = '24h';
/** @type {Record<string, string>} */
export const WORDS = { '1h': 'hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' };

/** @param {string | null} name */
export const rangeOf = (name) => (name && Object.hasOwn(RANGES, name) ? name : USUAL);

/**
 * The stretch up to now.
 * @param {string} range
 * @param {number} now
 * @returns {Stretch}
 */
export const stretchOf = (range, now) => stepped(now - RANGES[range], now, now);

/**
 * A part of it that was brushed; null if it is too short to tell anything.
 * @param {number} since
 * @param {number} until
 * @param {number} now
 * @returns {Stretch | null}
 */
export const zoomed = (since, until, now) => (until - since < 5 * MINUTE ? null : stepped(since, until, now));

/**
 * The same stretch one range earlier, in the same steps.
 * @param {Stretch} stretch
 * @param {string} range
 * @returns {Stretch}
 */
export const before = ({ since, until, step }, range) => ({
  since: since - RANGES[range],
  until: until - RANGES[range],
  step,
});

/**
 * Minutes where they are kept and few enough, else hours: never so many points that a line turns into a band.
 * @param {number} since
 * @param {number} until
 * @param {number} now
 */
function stepped(since, until, now) {
  const length = until - since;
  const areMinutesKept = now - since <= MINUTES_ARE_KEPT;
  if (!areMinutesKept || length > 2 * DAY) return { since, until, step: '1h' };
  return { since, until, step: length <= 4 * HOUR ? '1m' : '5m' };
}
