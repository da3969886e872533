// @ts-check
/** The history of a metric as the data of chart, table and summary. Pure. */

import { fullNumber } from '../../ui/number-format.js';

/** @import {MetricHistory} from './metrics-api.js' */

/**
 * @typedef {object} ChartData
 * @property {number[]} at  seconds since 1970
 * @property {Array<number | null>} value
 * @property {Array<number | null>} earlier  of the range before; empty if that is not wanted
 */

/**
 * @param {MetricHistory} history  of one metric
 * @param {MetricHistory | null} previous
 * @param {number} shift  milliseconds from the previous range to this one
 * @returns {ChartData}
 */
export function chartData(history, previous, shift) {
  const at = history.at.map((moment) => Date.parse(moment));
  const earlier = new Map();
  previous?.at.forEach((moment, index) => earlier.set(Date.parse(moment) + shift, previous.series[0].value[index]));
  return {
    at: at.map((moment) => moment / 1000),
    value: history.series[0].value,
    earlier: previous ? at.map((moment) => earlier.get(moment) ?? null) : [],
  };
}

/**
 * The line as text, for readers who do not see it.
 * @param {Array<number | null>} value
 * @param {string} [locale]
 */
export function summary(value, locale) {
  const known = value.filter((one) => one !== null);
  if (known.length === 0) return 'nothing is recorded';
  const text = (/** @type {number} */ one) => fullNumber(rounded(one), locale);
  return `lowest ${text(Math.min(...known))}, highest ${text(Math.max(...known))}, last ${text(known[known.length - 1])}`;
}

/**
 * The indexes of known values between two gaps, which a line would not show.
 * @param {ArrayLike<number | null | undefined>} value
 */
export function lonePoints(value) {
  const isKnown = (/** @type {number} */ index) => value[index] !== null && value[index] !== undefined;
  return Array.from(value, (_, index) => index).filter(
    (index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1),
  );
}

/**
 * From zero to somewhat above the highest; below zero only if values are.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
export function verticalRange(low, high) {
  const [bottom, top] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
  return [bottom < 0 ? bottom * 1.08 : 0, Math.max(top * 1.08, bottom < 0 ? 0 : 1)];
}

/** A mean to two digits. @param {number} value */
export const rounded = (value) => Math.round(value * 100) / 100;
