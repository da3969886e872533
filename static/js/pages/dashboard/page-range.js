// @ts-check
/** What a range of the page's address means in time, and its text. Pure: the time of day is an argument. */

import { addDays, minuteOf, startOfDay, wallTime } from '../../ui/zone-time.js';

/** @import {CompareWith, PageView} from './page-state.js' */

/**
 * @typedef {object} PageRange
 * @property {number} since  milliseconds since 1970
 * @property {number} until  excluded
 * @property {boolean} isOpen  whether it reaches the present, so that what happens now belongs to it
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @type {Record<string, string>} */
const RANGE_NAMES = {
  live: 'Live',
  today: 'Today',
  yesterday: 'Yesterday',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

/** @type {Record<CompareWith, string>} */
export const COMPARE_NAMES = {
  none: 'no comparison',
  previous: 'period before',
  yesterday: 'yesterday',
  lastWeek: 'a week before',
};

/**
 * The stretch of time that the page shows. One that is open ends with the running minute, and begins on a whole one.
 *
 * @param {Pick<PageView, 'range' | 'since' | 'until'>} view
 * @param {number} now
 * @param {string} zone  of the workspace, in which days begin
 * @returns {PageRange}
 */
export function timeRangeOf({ range, since, until }, now, zone) {
  const end = minuteOf(now) + 60_000;
  if (range === 'custom' && since !== null)
    return until !== null && until <= now
      ? { since, until, isOpen: false }
      : { since: Math.min(since, end - 60_000), until: until ?? end, isOpen: true };
  const today = startOfDay(now, zone);
  switch (range) {
    case 'today':
      return { since: today, until: end, isOpen: true };
    case 'yesterday':
      return { since: addDays(today, -1, zone), until: today, isOpen: false };
    case '24h':
      return { since: addDays(end, -1, zone), until: end, isOpen: true };
    case '7d':
      return { since: addDays(today, -6, zone), until: end, isOpen: true };
    case '30d':
      return { since: addDays(today, -29, zone), until: end, isOpen: true };
    default:
      return { since: end - HOUR, until: end, isOpen: true };
  }
}

/**
 * The stretch of time to compare with; null for none.
 * @param {{since: number, until: number}} range
 * @param {CompareWith} compare
 * @param {string} zone
 */
export function comparedRange({ since, until }, compare, zone) {
  if (compare === 'none') return null;
  if (compare === 'previous') return { since: since - (until - since), until: since };
  const days = compare === 'yesterday' ? -1 : -7;
  return { since: addDays(since, days, zone), until: addDays(until, days, zone) };
}

/**
 * "09:20–09:30", "Yesterday 09:20–09:30", "6 Dec 23:00 – 7 Dec 01:00", "6 Dec", "6 Dec – 8 Dec".
 *
 * @param {{since: number, until: number}} range
 * @param {number} now
 * @param {string} zone
 * @param {string} [locale]
 */
export function rangeText({ since, until }, now, zone, locale) {
  const format = (/** @type {Intl.DateTimeFormatOptions} */ options) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: 'h23' });
  const day = format({ day: 'numeric', month: 'short' });
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const dayName = (/** @type {number} */ moment) => {
    const days = Math.round((startOfDay(now, zone) - startOfDay(moment, zone)) / DAY);
    return ['Today', 'Yesterday'][days] ?? day.format(moment);
  };
  const last = Math.max(since, until - 1); // the day of an end at midnight is the one before
  const isWhole = [since, until].every((moment) => wallTime(moment, zone) % DAY === 0);
  const isOneDay = startOfDay(since, zone) === startOfDay(last, zone);
  if (isOneDay) return isWhole ? dayName(since) : `${dayName(since)} ${time.format(since)}–${time.format(until)}`;
  if (isWhole) return `${day.format(since)} – ${day.format(last)}`;
  return `${day.format(since)} ${time.format(since)} – ${day.format(until)} ${time.format(until)}`;
}

/**
 * The text of the range where the page says what it shows: a name if it has one.
 * @param {Pick<PageView, 'range' | 'since' | 'until'>} view
 * @param {number} now
 * @param {string} zone
 * @param {string} [locale]
 */
export function viewText(view, now, zone, locale) {
  if (view.range !== 'custom') return RANGE_NAMES[view.range];
  return rangeText(timeRangeOf(view, now, zone), now, zone, locale);
}
