// @ts-check
/** The stretch of time that a chart shows, and its step. Pure. */

import { minuteOf } from '../../ui/zone-time.js';

/**
 * @import {TimeRange} from './metrics-api.js'
 * @import {PageRange} from './page-range.js'
 */

/**
 * @typedef {object} HistoryRetention  by the server's settings
 * @property {number} minutesFor  seconds for which values are kept by minute
 * @property {number} tick  seconds between two values; steps cannot be shorter
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @type {Record<string, number>} */
export const STEPS = { '1m': MINUTE, '5m': 5 * MINUTE, '15m': 15 * MINUTE, '1h': HOUR, '1d': DAY };
/** @type {Record<string, string>} */
export const STEP_NAMES = { '1m': 'per minute', '5m': 'per 5 min', '15m': 'per 15 min', '1h': 'per hour', '1d': 'per day' };

/** The longest range for each step of amounts: as many bars as a finger can tell apart. */
const AMOUNT_STEPS = /** @type {const} */ ([['1m', 2 * HOUR], ['5m', 10 * HOUR], ['15m', 26 * HOUR], ['1h', 9 * DAY]]);
const SHORTEST = 10 * MINUTE; // of a range that fills a chart

/**
 * What a chart shows of a range: all of it, or around one that would have a few bars only.
 * @param {PageRange} range
 * @param {number} now
 * @returns {{since: number, until: number}}
 */
export function shownRange({ since, until, isOpen }, now) {
  const isAligned = since === minuteOf(since) && until === minuteOf(until);
  if (isOpen || until - since > SHORTEST || !isAligned) return { since, until };
  const margin = minuteOf((HOUR - (until - since)) / 2);
  return { since: since - margin, until: Math.max(until, Math.min(until + margin, minuteOf(now) + MINUTE)) };
}

/**
 * The step in which amounts of this length are drawn.
 * @param {{since: number, until: number}} range
 */
export const amountStep = ({ since, until }) =>
  AMOUNT_STEPS.find(([, longest]) => until - since <= longest)?.[0] ?? '1d';

/**
 * The trailing hour.
 * @param {number} now
 * @param {HistoryRetention} retention
 */
export const lastHour = (now, retention) => withStep({ since: now - HOUR, until: now }, now, retention);

/**
 * By minutes as long as these are kept and not too many for a line, else by hours.
 *
 * @param {{since: number, until: number}} span
 * @param {number} now
 * @param {HistoryRetention} retention
 * @param {number} [earlier]  milliseconds before `since` for which the step has to be available too
 * @returns {TimeRange}
 */
export function withStep({ since, until }, now, { minutesFor, tick }, earlier = 0) {
  const length = until - since;
  const areMinutesKept = now - (since - earlier) <= 1000 * minutesFor;
  if (!areMinutesKept || length > 2 * DAY || tick >= 300) return { since, until, step: '1h' };
  return { since, until, step: length <= 4 * HOUR && tick < 60 ? '1m' : '5m' };
}
