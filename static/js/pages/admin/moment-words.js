// @ts-check
/** Moments in words: made, last used, expires. Days are those of the workspace. Pure. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const SOON = 7 * DAY; // time enough to put a new token in its place

/** @type {[number, Intl.RelativeTimeFormatUnit][]} */
const UNITS = [[DAY, 'day'], [HOUR, 'hour'], [MINUTE, 'minute']];

/** @typedef {{text: string, detail: string, tone: 'warn' | 'bad' | ''}} ExpiryWords */

export class MomentWords {
  #day;
  #moment;
  // English, like the sentences around it.
  #distance = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

  /**
   * @param {string} timeZone  one that this browser knows
   * @param {string} [locale]
   */
  constructor(timeZone, locale) {
    this.#day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium' });
    this.#moment = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full', timeStyle: 'long' });
  }

  /** "12 May 2026". @param {string | number} moment */
  day(moment) {
    return this.#day.format(new Date(moment));
  }

  /** With time and zone, for a tooltip. @param {string | null} moment */
  full(moment) {
    return moment === null ? '' : this.#moment.format(new Date(moment));
  }

  /**
   * "3 hours ago"; uses are noted to the minute, so what is younger is "just now".
   * @param {string | null} lastUsedAt
   * @param {number} now
   */
  used(lastUsedAt, now) {
    if (lastUsedAt === null) return 'Never';
    const distance = Date.parse(lastUsedAt) - now;
    return distance > -2 * MINUTE ? 'Just now' : this.#far(distance);
  }

  /**
   * "21 Feb 2027", "in 90 days"; what is near or over has a tone.
   * @param {string | null} expiresAt
   * @param {number} now
   * @returns {ExpiryWords}
   */
  expires(expiresAt, now) {
    if (expiresAt === null) return { text: 'Never', detail: '', tone: '' };
    const distance = Date.parse(expiresAt) - now;
    if (distance <= 0) return { text: 'Expired', detail: `on ${this.day(expiresAt)}`, tone: 'bad' };
    return { text: this.day(expiresAt), detail: this.#far(distance), tone: distance < SOON ? 'warn' : '' };
  }

  /** @param {number} distance  milliseconds */
  #far(distance) {
    const [length, unit] = UNITS.find(([length]) => Math.abs(distance) >= length) ?? [MINUTE, 'minute'];
    // A token of 90 days is one of 90 days, also a second later: what lies ahead is rounded, the past is cut.
    const count = distance > 0 ? Math.max(1, Math.round(distance / length)) : Math.ceil(distance / length);
    return this.#distance.format(count, unit);
  }
}
