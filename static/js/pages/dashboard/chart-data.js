// @ts-check
/** Amounts or levels as the data of chart, table and readout. Pure. */

import { fullNumber } from '../../ui/number-format.js';
import { STEPS, amountStep } from './chart-range.js';

/** @import {Activity, MetricHistory, MetricSeries, TimeRange} from './metrics-api.js' */

/**
 * @typedef {Array<number | null>} Values
 *
 * @typedef {object} ChartData
 * @property {boolean} areAmounts  drawn as bars, summed up; else a line
 * @property {boolean} areLevels  the lowest and highest say how a level moved within a step
 * @property {string} step
 * @property {number[]} at  milliseconds since 1970: the beginning of each bucket
 * @property {number} until  the end of the last bucket
 * @property {Values} value  how many, or the last figure of each step: never a mean
 * @property {Values} lowest   empty for bars
 * @property {Values} highest
 * @property {Values} earlier  of the compared range; empty if that is not wanted
 * @property {{expected: Values, low: Values, high: Values} | null} usual  null while it is not known
 */

/**
 * @param {Activity} activity
 * @param {string} step
 * @returns {ChartData}
 */
export function amountsData({ points, previous }, step) {
  const from = firstRecorded(points.map(({ count, partial }) => Boolean(partial) && count === 0), step);
  const shown = points.slice(from);
  const at = shown.map((point) => Date.parse(point.at));
  return {
    areAmounts: true,
    areLevels: false,
    usual: null,
    step,
    at,
    until: lastEnd(at, step),
    value: shown.map(({ count }) => count),
    lowest: [],
    highest: [],
    earlier: previous ? shown.map((_, index) => previous.points[from + index]?.count ?? null) : [],
  };
}

/**
 * @param {MetricHistory} history  of one metric
 * @param {MetricHistory | null} previous
 * @param {TimeRange} time
 * @returns {ChartData}
 */
export function levelsData({ at, series: [series] }, previous, { step }) {
  const from = firstRecorded(series.last.map((value) => value === null), step);
  const times = at.slice(from).map((moment) => Date.parse(moment));
  return {
    areAmounts: false,
    areLevels: series.kind === 'level',
    usual: usualOf(series, from),
    step,
    at: times,
    until: lastEnd(times, step),
    value: series.last.slice(from),
    lowest: series.min.slice(from),
    highest: series.max.slice(from),
    earlier: previous ? times.map((_, index) => previous.series[0].last[from + index] ?? null) : [],
  };
}

/**
 * What is usual, where three weeks are known. A figure that is never negative is not expected to be.
 * @param {MetricSeries} series
 * @param {number} from  the first step that is shown
 */
function usualOf({ expected, low, high, learning, min }, from) {
  if (!expected || !low || !high || learning !== false) return null;
  const isNegative = min.some((one) => one !== null && one < 0);
  const lowest = isNegative ? low : low.map((one) => one && Math.max(0, one));
  return { expected: expected.slice(from), low: lowest.slice(from), high: high.slice(from) };
}

/**
 * A finer step for a log that began in the last quarter of the range; null if this one will do.
 * @param {ChartData} data  amounts
 * @param {TimeRange} time  in which they were counted
 * @returns {TimeRange | null}
 */
export function finerTime({ at }, { since, until, step }) {
  const begun = at[0] ?? since;
  const finer = { since: begun, until, step: amountStep({ since: begun, until }) };
  return begun - since > 0.75 * (until - since) && finer.step !== step ? finer : null;
}

/**
 * One more event at this moment; null if the chart has to be loaded anew for it.
 * @param {ChartData} data  amounts
 * @param {number} moment
 * @returns {ChartData | null}
 */
export function grown(data, moment) {
  const { step, until } = data;
  if (moment >= until) {
    if (step === '1d' || moment >= until + STEPS[step]) return null; // a day may have 23 hours
    const earlier = data.earlier.length ? [...data.earlier, null] : [];
    return { ...data, at: [...data.at, until], until: until + STEPS[step], value: [...data.value, 1], earlier };
  }
  const index = bucketAt(data, moment);
  if (index === null) return data;
  return { ...data, value: data.value.with(index, (data.value[index] ?? 0) + 1) };
}

/**
 * The index of the bucket that contains a moment; null outside of the chart.
 * @param {ChartData} data
 * @param {number} moment
 */
export function bucketAt({ at, until }, moment) {
  if (moment >= until) return null;
  const index = at.findLastIndex((start) => start <= moment);
  return index < 0 ? null : index;
}

/**
 * The buckets of a stretch of time, which may stand elsewhere once the chart has moved on; null if it is not all there.
 * @param {ChartData} data
 * @param {{since: number, until: number}} range
 */
export function barsIn(data, { since, until }) {
  const [from, to] = [since, until - 1].map((moment) => bucketAt(data, moment));
  return from === null || to === null ? null : { from, to };
}

/**
 * The time from the beginning of one bucket to the end of another.
 * @param {ChartData} data
 * @param {number} from
 * @param {number} to  included
 */
export const bucketRange = ({ at, until }, from, to) => ({ since: at[from], until: at[to + 1] ?? until });

/**
 * How many there were; null if nothing is known.
 * @param {Values} values
 * @param {number} [from]
 * @param {number} [to]  included
 */
export function total(values, from = 0, to = values.length - 1) {
  const known = values.slice(from, to + 1).filter((value) => value !== null);
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}

/**
 * Levels as text: "lowest 3, highest 20, last 12"; the highest is the highest that there was, whatever the step.
 * @param {ChartData} data
 * @param {number} [from]
 * @param {number} [to]  included
 * @param {string} [locale]
 */
export function levelsText({ value, lowest, highest }, from = 0, to = value.length - 1, locale = undefined) {
  const known = (/** @type {Values} */ values) => values.slice(from, to + 1).filter((one) => one !== null);
  const [lows, highs] = [known(lowest), known(highest)];
  const last = known(value).at(-1);
  if (last === undefined) return 'nothing is recorded';
  const text = (/** @type {number} */ one) => fullNumber(rounded(one), locale);
  const areKnown = lows.length > 0 && highs.length > 0; // not for days of another zone
  const ends = areKnown ? `lowest ${text(Math.min(...lows))}, highest ${text(Math.max(...highs))}, ` : '';
  return `${ends}last ${text(last)}`;
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

/** A number to two digits. @param {number} value */
export const rounded = (value) => Math.round(value * 100) / 100;

/**
 * Where a chart of many days begins: not before the log does. A day is shown as a whole.
 * @param {boolean[]} isUnrecorded
 * @param {string} step
 */
function firstRecorded(isUnrecorded, step) {
  const first = STEPS[step] < STEPS['1h'] ? 0 : isUnrecorded.indexOf(false);
  return first > 1 ? first : 0; // a single one is the clipped beginning of a range
}

/**
 * @param {number[]} at
 * @param {string} step
 */
const lastEnd = (at, step) => (at.at(-1) ?? 0) + STEPS[step];
