// @ts-check
/** Which stretch of time a chart shows, in which steps, and which one came before it. Pure. */

/** @import {Stretch} from './figures-api.js' */

/**
 * @typedef {object} Kept  what the server's settings keep of history, as the page's data say
 * @property {number} minutesFor  seconds for which figures are kept by minute
 * @property {number} tick  seconds between two figures: no shorter steps can be asked for
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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
 * @param {Kept} kept
 * @returns {Stretch}
 */
export const stretchOf = (range, now, kept) => stepped({ since: now - RANGES[range], until: now }, now, kept);

/**
 * A part of it that was brushed; null if it is too short to tell anything.
 * @param {number} since
 * @param {number} until
 * @param {number} now
 * @param {Kept} kept
 * @returns {Stretch | null}
 */
export const zoomed = (since, until, now, kept) =>
  until - since < 5 * MINUTE ? null : stepped({ since, until }, now, kept);

/**
 * The same stretch in steps that the one before it has, too.
 *
 * @param {Stretch} stretch
 * @param {string} range
 * @param {number} now
 * @param {Kept} kept
 * @returns {Stretch}
 */
export const comparable = (stretch, range, now, kept) => stepped(stretch, now, kept, RANGES[range]);

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
 *
 * @param {{since: number, until: number}} stretch
 * @param {number} now
 * @param {Kept} kept
 * @param {number} [earlier]  milliseconds before `since` from which on they are wanted
 * @returns {Stretch}
 */
function stepped({ since, until }, now, { minutesFor, tick }, earlier = 0) {
  const length = until - since;
  const areMinutesKept = now - (since - earlier) <= 1000 * minutesFor;
  if (!areMinutesKept || length > 2 * DAY || tick >= 300) return { since, until, step: '1h' };
  return { since, until, step: length <= 4 * HOUR && tick < 60 ? '1m' : '5m' };
}
