// @ts-check
/**
 * Wall-clock arithmetic in an IANA time zone, where a day may have 23 or 25 hours. A wall time is a number of
 * milliseconds as if the clocks on the wall were UTC; a moment is milliseconds since 1970. Pure.
 */

const MINUTE = 60_000;
const DAY = 86_400_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map(); // one takes about 50 µs to make

/**
 * @param {number} moment
 * @param {string} zone
 * @returns {number} the wall time at this moment
 */
export function wallTime(moment, zone) {
  const parts = Object.fromEntries(formatOf(zone).formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year, month, day, hour, minute, second } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((moment % 1000) + 1000) % 1000);
}

/**
 * The moment at which the clocks show this wall time: the first of two, and after a gap that skips it.
 * @param {number} wall
 * @param {string} zone
 */
export function momentOf(wall, zone) {
  const candidates = [wall - DAY, wall + DAY].map((near) => wall - (wallTime(near, zone) - near)).sort((a, b) => a - b);
  return candidates.find((moment) => wallTime(moment, zone) === wall) ?? candidates[1];
}

/**
 * @param {number} moment
 * @param {string} zone
 */
export function startOfDay(moment, zone) {
  const wall = wallTime(moment, zone);
  return momentOf(wall - (((wall % DAY) + DAY) % DAY), zone);
}

/**
 * The same time on the wall, some days later or earlier.
 * @param {number} moment
 * @param {number} days
 * @param {string} zone
 */
export const addDays = (moment, days, zone) => momentOf(wallTime(moment, zone) + days * DAY, zone);

/**
 * "2025-12-06T09:20", the value of an `<input type="datetime-local">`.
 * @param {number} moment
 * @param {string} zone
 */
export const inputValue = (moment, zone) => new Date(wallTime(moment, zone)).toISOString().slice(0, 16);

/**
 * @param {string} value  of an `<input type="datetime-local">`
 * @param {string} zone
 * @returns {number | null} null for an empty or invalid one
 */
export function momentOfInput(value, zone) {
  const wall = Date.parse(`${value}Z`);
  return Number.isNaN(wall) ? null : momentOf(wall, zone);
}

/**
 * The whole minute before a moment.
 * @param {number} moment
 */
export const minuteOf = (moment) => Math.floor(moment / MINUTE) * MINUTE;

/** @param {string} zone */
function formatOf(zone) {
  const known = formats.get(zone);
  if (known) return known;
  const numeric = /** @type {const} */ ({ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' });
  const made = new Intl.DateTimeFormat('en-US', {
    ...numeric,
    minute: 'numeric',
    second: 'numeric',
    timeZone: zone,
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
  });
  formats.set(zone, made);
  return made;
}
