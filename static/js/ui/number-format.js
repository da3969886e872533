// @ts-check
/** Numbers and durations as text. Pure. */

const UNKNOWN = '–';
const LONG = 6; // characters
const SHORTENED_FROM = 1_000_000; // longer numbers would not fit a card on a phone

/**
 * "380", "12,480", "1.2M", at most eight characters; a dash for what is not known.
 * @param {number | null | undefined} value
 * @param {string} [locale]
 */
export function compactNumber(value, locale) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return UNKNOWN;
  const rounded = Number(value.toFixed(decimals(Math.abs(value))));
  if (Math.abs(rounded) < SHORTENED_FROM) return fullNumber(rounded, locale);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(rounded);
}

/** @param {number} size */
function decimals(size) {
  if (size >= 10_000) return 0;
  return size >= 1000 ? 1 : 3;
}

/** True for text that needs smaller letters to fit a card. @param {string} text */
export const isLong = (text) => text.length > LONG;

/**
 * "12,480": every digit.
 * @param {number} value
 * @param {string} [locale]
 */
export const fullNumber = (value, locale) => new Intl.NumberFormat(locale).format(value);

/**
 * "38 ms", "1.2 s".
 * @param {number} milliseconds
 */
export const durationText = (milliseconds) =>
  milliseconds < 995 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
