// @ts-check
/** A metric's value, its change and its age, from the stats that the server sends. Pure. */

import { fullNumber } from '../../ui/number-format.js';

/** @import {Stats} from '../../client/api.js' */

/**
 * @typedef {{value: number | null, change: number | null, percent: number | null}} MetricComparison
 *
 * @typedef {object} OptionalStats
 * @property {Record<string, number | null>} [custom]  the workspace's own metrics
 * @property {Record<string, number | null>} [stale]  seconds by which a metric is older than the others; null:
 *     never known
 * @property {Record<string, {yesterday: MetricComparison, lastWeek: MetricComparison}>} [compare]
 *
 * @typedef {Stats & OptionalStats} DashboardStats
 * @typedef {{shown: string, spoken: string}} ChangeText
 */

const CUSTOM_PREFIX = 'custom.';
const PERCENT_FROM = 20; // below, one more is 5 % and says less than "1"

/**
 * @param {DashboardStats} stats
 * @param {string} metric  such as "activeUsers" or "custom.bigOrders"
 * @returns {number | null} null if it is not known
 */
export function metricValue(stats, metric) {
  const value = metric.startsWith(CUSTOM_PREFIX)
    ? stats.custom?.[metric.slice(CUSTOM_PREFIX.length)]
    : /** @type {Record<string, unknown>} */ (stats)[metric];
  return typeof value === 'number' ? value : null;
}

/**
 * "▲ 12 %" for large numbers, "▼ 2" for small ones; a dash if the earlier value is not known.
 * @param {MetricComparison | undefined} comparison
 * @param {string} than  such as "yesterday at this time"
 * @param {string} [locale]
 * @returns {ChangeText}
 */
export function changeText(comparison, than, locale) {
  const change = comparison?.change ?? null;
  if (change === null) return { shown: '–', spoken: `nothing known of ${than}` };
  if (change === 0) return { shown: '=', spoken: `the same as ${than}` };
  const amount = changeAmount(/** @type {MetricComparison} */ (comparison), locale);
  const [mark, word] = change > 0 ? ['▲', 'more'] : ['▼', 'less'];
  return { shown: `${mark} ${amount}`, spoken: `${amount} ${word} than ${than}` };
}

/**
 * @param {MetricComparison} comparison
 * @param {string} [locale]
 */
function changeAmount({ value, change, percent }, locale) {
  const share = Math.abs(percent ?? 0);
  if (percent === null || Math.abs(value ?? 0) < PERCENT_FROM || share < 0.5)
    return fullNumber(Math.abs(change ?? 0), locale);
  return `${fullNumber(Math.round(share), locale)} %`;
}

const OLD_FROM = 10; // seconds: two ticks

/**
 * How old a value is, if it is noticeably older than the others: a custom metric rests as long as its query takes.
 * @param {number | null | undefined} age  seconds; null: it was never known; undefined: it is current
 */
export function ageText(age) {
  if (age === undefined || (age !== null && age < OLD_FROM)) return '';
  if (age === null) return 'not known yet';
  if (age < 100) return `as of ${Math.round(age)} s ago`;
  return `as of ${Math.round(age / 60)} min ago`;
}
