// @ts-check
/** A number as a large figure. */

const UNKNOWN = '–';
const SHORTENED_FROM = 1_000_000; // longer ones would not fit a card on a phone

/**
 * "380", "12,480", "1.2M"; a dash for what is not known.
 * @param {number | null | undefined} value
 * @param {string} [locale]
 */
export function figure(value, locale) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return UNKNOWN;
  if (Math.abs(value) < SHORTENED_FROM) return exact(value, locale);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/**
 * Every digit.
 * @param {number} value
 * @param {string} [locale]
 */
export const exact = (value, locale) => new Intl.NumberFormat(locale).format(value);
