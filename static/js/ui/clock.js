// @ts-check
/** Formats times in the workspace's time zone and the reader's locale. */

export class Clock {
  #time;
  #minute;
  #day;
  #date;
  #weekday;
  #full;

  /**
   * @param {string} timeZone  an IANA name; UTC in place of one that this browser does not know
   * @param {string} [locale]
   */
  constructor(timeZone, locale) {
    this.zone = isKnown(timeZone) ? timeZone : 'UTC';
    const common = /** @type {const} */ ({ timeZone: this.zone, hourCycle: 'h23' });
    const digits = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
    this.#time = new Intl.DateTimeFormat(locale, { ...common, ...digits });
    this.#minute = new Intl.DateTimeFormat(locale, { ...common, hour: '2-digit', minute: '2-digit' });
    const date = /** @type {const} */ ({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
    this.#day = new Intl.DateTimeFormat(locale, { ...common, ...date });
    this.#date = new Intl.DateTimeFormat('sv', { timeZone: this.zone });
    this.#weekday = new Intl.DateTimeFormat(locale, { timeZone: this.zone, weekday: 'long', day: 'numeric', month: 'long' });
    this.#full = new Intl.DateTimeFormat(locale, { ...common, dateStyle: 'full', timeStyle: 'long' });
  }

  /**
   * "12:04:05"; empty for an invalid time.
   * @param {string | number} moment  ISO 8601, or milliseconds since 1970
   */
  time(moment) {
    return formatted(this.#time, moment);
  }

  /**
   * "12:04"
   * @param {string | number} moment
   */
  minute(moment) {
    return formatted(this.#minute, moment);
  }

  /**
   * "6 Dec, 12:04"
   * @param {string | number} moment
   */
  day(moment) {
    return formatted(this.#day, moment);
  }

  /**
   * "2025-12-06": the day in the workspace's zone, which is the same text for all moments of it.
   * @param {string | number} moment
   */
  date(moment) {
    return formatted(this.#date, moment);
  }

  /**
   * "Saturday, 6 December"
   * @param {string | number} moment
   */
  weekday(moment) {
    return formatted(this.#weekday, moment);
  }

  /**
   * With day and zone, for a tooltip.
   * @param {string | number} moment
   */
  full(moment) {
    return formatted(this.#full, moment);
  }
}

/**
 * @param {Intl.DateTimeFormat} format
 * @param {string | number} moment
 */
function formatted(format, moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? '' : format.format(date);
}

/** @param {string} timeZone */
function isKnown(timeZone) {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}
