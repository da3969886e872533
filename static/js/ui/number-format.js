// @ts-check
/** Numbers and durations as text. Pure. */

const UNKNOWN = '–';
const SHORTENED_FROM = 1_000_000; // longer numbers would not fit a card on a phone

/**
 * "380", "12,480", "1.2M"; a dash for what is not known.
 * @param {number | null | undefined} value
 * @param {string} [locale]
 */
export function compactNumber(value, locale) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return UNKNOWN;
  if (Math.abs(value) < SHORTENED_FROM) return fullNumber(value, locale);
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

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
