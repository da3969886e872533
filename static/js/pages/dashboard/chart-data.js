// @ts-check
/** The history of a metric as the data of chart, table and summary. Pure. */

import { fullNumber } from '../../ui/number-format.js';

/** @import {MetricHistory, MetricSeries} from './metrics-api.js' */

/**
 * @typedef {Array<number | null>} Column  one entry for each step; null where nothing is known
 *
 * @typedef {object} ChartData
 * @property {number[]} at  seconds since 1970: when each step begins
 * @property {Column} value  the last figure of each step, never a mean
 * @property {Column} lowest
 * @property {Column} highest
 * @property {boolean} isLevel  of a level the lowest and highest say how it moved within a step
 * @property {Column} earlier  of the range before; empty if that is not wanted
 * @property {{expected: Column, low: Column, high: Column} | null} usual  null while it is not known
 */

/**
 * @param {MetricHistory} history  of one metric
 * @param {MetricHistory | null} previous
 * @param {number} shift  milliseconds from the previous range to this one
 * @returns {ChartData}
 */
export function chartData(history, previous, shift) {
  const [series] = history.series;
  const at = history.at.map((moment) => Date.parse(moment));
  const earlier = new Map();
  previous?.at.forEach((moment, index) => earlier.set(Date.parse(moment) + shift, previous.series[0].last[index]));
  return {
    at: at.map((moment) => moment / 1000),
    value: series.last,
    lowest: series.min,
    highest: series.max,
    isLevel: series.kind === 'level',
    earlier: previous ? at.map((moment) => earlier.get(moment) ?? null) : [],
    usual: usualOf(series),
  };
}

/**
 * What is usual, where three weeks are known. A figure that is never negative is not expected to be.
 * @param {MetricSeries} series
 */
function usualOf({ expected, low, high, learning, min }) {
  if (!expected || !low || !high || learning !== false) return null;
  const isNegative = min.some((one) => one !== null && one < 0);
  return { expected, low: isNegative ? low : low.map((one) => one && Math.max(0, one)), high };
}

/**
 * The line as text, for readers who do not see it. The highest is the highest figure that was, in any step.
 * @param {{value: Column, lowest: Column, highest: Column}} data
 * @param {string} [locale]
 */
export function summary({ value, lowest, highest }, locale) {
  const [last, low, high] = [known(value), known(lowest), known(highest)];
  if (last.length === 0) return 'nothing is recorded';
  const text = (/** @type {number} */ one) => fullNumber(rounded(one), locale);
  const parts = low.length && high.length ? [`lowest ${text(Math.min(...low))}`, `highest ${text(Math.max(...high))}`] : [];
  return [...parts, `last ${text(last[last.length - 1])}`].join(', ');
}

/**
 * One step as text: its figure, how far a level moved in it, and what is usual.
 * @param {ChartData} data
 * @param {number} index
 * @param {string} [locale]
 */
export function stepText({ value, lowest, highest, isLevel, earlier, usual }, index, locale) {
  const text = (/** @type {number | null | undefined} */ one) =>
    one === null || one === undefined ? 'nothing recorded' : fullNumber(rounded(one), locale);
  const [low, high] = [usual?.low[index] ?? null, usual?.high[index] ?? null];
  const about = (/** @type {number} */ one) => text(known(value).every(Number.isInteger) ? Math.round(one) : one);
  return [
    isLevel && lowest[index] !== highest[index]
      ? `${text(lowest[index])} to ${text(highest[index])}, last ${text(value[index])}`
      : text(value[index]),
    ...(earlier.length ? [`before: ${text(earlier[index])}`] : []),
    ...(low !== null && high !== null ? [`usually ${about(low)} to ${about(high)}`] : []),
  ].join(' · ');
}

/** @param {Column} column */
const known = (column) => column.filter((one) => one !== null);

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

/** A number to two digits. @param {number} value */
export const rounded = (value) => Math.round(value * 100) / 100;
