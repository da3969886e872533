// @ts-check
/** The time range of a chart, its step, and the range before it to compare with. Pure. */

/** @import {TimeRange} from './metrics-api.js' */

/**
 * @typedef {object} HistoryRetention  by the server's settings
 * @property {number} minutesFor  seconds for which values are kept by minute
 * @property {number} tick  seconds between two values; steps cannot be shorter
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @type {Record<string, number>} */
export const RANGES = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };
const DEFAULT_RANGE = '24h';
/** @type {Record<string, string>} */
export const RANGE_TEXTS = { '1h': 'hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' };

/** @param {string | null} name */
export const rangeOf = (name) => (name && Object.hasOwn(RANGES, name) ? name : DEFAULT_RANGE);

/**
 * The range of this name up to now.
 * @param {string} range
 * @param {number} now
 * @param {HistoryRetention} retention
 * @returns {TimeRange}
 */
export const rangeUpTo = (range, now, retention) => withStep({ since: now - RANGES[range], until: now }, now, retention);

/**
 * A selected part; null if it is too short to show anything.
 * @param {number} since
 * @param {number} until
 * @param {number} now
 * @param {HistoryRetention} retention
 * @returns {TimeRange | null}
 */
export const zoomedRange = (since, until, now, retention) =>
  until - since < 5 * MINUTE ? null : withStep({ since, until }, now, retention);

/**
 * The same range in a step that is also available for the range before it.
 *
 * @param {TimeRange} shown
 * @param {string} range
 * @param {number} now
 * @param {HistoryRetention} retention
 * @returns {TimeRange}
 */
export const comparableRange = (shown, range, now, retention) => withStep(shown, now, retention, RANGES[range]);

/**
 * The range before, in the same step.
 * @param {TimeRange} shown
 * @param {string} range
 * @returns {TimeRange}
 */
export const previousRange = ({ since, until, step }, range) => ({
  since: since - RANGES[range],
  until: until - RANGES[range],
  step,
});

/**
 * By minutes as long as these are retention and not too many for a line, else by hours.
 *
 * @param {{since: number, until: number}} span
 * @param {number} now
 * @param {HistoryRetention} retention
 * @param {number} [earlier]  milliseconds before `since` for which the step has to be available too
 * @returns {TimeRange}
 */
function withStep({ since, until }, now, { minutesFor, tick }, earlier = 0) {
  const length = until - since;
  const areMinutesKept = now - (since - earlier) <= 1000 * minutesFor;
  if (!areMinutesKept || length > 2 * DAY || tick >= 300) return { since, until, step: '1h' };
  return { since, until, step: length <= 4 * HOUR && tick < 60 ? '1m' : '5m' };
}
