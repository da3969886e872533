// @ts-check
/** History as a chart, a table and a sentence want it. Pure. */

import { exact } from '../../ui/figure.js';

/** @import {History} from './figures-api.js' */

/**
 * @typedef {object} ChartData
 * @property {number[]} at  seconds since 1970
 * @property {Array<number | null>} value
 * @property {Array<number | null>} earlier  one range before; empty where that is not asked for
 */

/**
 * @param {History} history  of one metric
 * @param {History | null} previous
 * @param {number} shift  milliseconds from the previous to this
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
 * The line of figures in words, for those who do not see it.
 * @param {Array<number | null>} value
 * @param {string} [locale]
 */
export function summary(value, locale) {
  const known = value.filter((one) => one !== null);
  if (known.length === 0) return 'nothing is recorded';
  const say = (/** @type {number} */ one) => exact(round(one), locale);
  return `lowest ${say(Math.min(...known))}, highest ${say(Math.max(...known))}, last ${say(known[known.length - 1])}`;
}

/**
 * Where known figures stand alone between gaps: a line would not show them.
 * @param {ArrayLike<number | null | undefined>} value
 */
export function lonePoints(value) {
  const isKnown = (/** @type {number} */ index) => value[index] !== null && value[index] !== undefined;
  return Array.from(value, (_, index) => index).filter(
    (index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1),
  );
}

/**
 * From zero, with some air above; below zero only where figures are.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
export function verticalRange(low, high) {
  const [bottom, top] = [Math.min(0, low ?? 0), Math.max(0, high ?? 0)];
  return [bottom < 0 ? bottom * 1.08 : 0, Math.max(top * 1.08, bottom < 0 ? 0 : 1)];
}

/** What is shown of a mean. @param {number} value */
export const round = (value) => Math.round(value * 100) / 100;
