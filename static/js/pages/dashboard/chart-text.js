// @ts-check
/** What the chart shows as text: of all of it, of the bar under the pointer, of a selection. Pure. */

import { fullNumber } from '../../ui/number-format.js';
import { bucketRange, levelsText, rounded, total } from './chart-data.js';
import { COMPARE_NAMES, rangeText } from './page-range.js';

/**
 * @import {SelectedBars} from './bar-selection.js'
 * @import {ChartData} from './chart-data.js'
 * @import {CompareWith} from './page-state.js'
 */

/**
 * @typedef {object} TextContext
 * @property {number} now
 * @property {string} zone
 * @property {CompareWith} compare
 * @property {number} until  where the chart ends
 * @property {string} [locale]
 */

/**
 * "594, 09:00–10:00 · 430 yesterday"
 *
 * @param {ChartData} data
 * @param {SelectedBars | null} bars  null: all of them
 * @param {TextContext} context
 */
export function selectionText(data, bars, { now, zone, compare, until, locale }) {
  if (data.at.length === 0) return 'Nothing is recorded';
  const [from, to] = bars ? [bars.from, bars.to] : [0, data.at.length - 1];
  const when = rangeText(bars ? bucketRange(data, from, to) : { since: data.at[0], until }, now, zone, locale).replace(/^Today (?=\d)/, '');
  const text = data.areAmounts ? number(total(data.value, from, to), locale) : levelsText(data, from, to, locale);
  return `${text}, ${when}${earlierText(data, from, to, compare, locale)}`;
}

/**
 * "12, 6 Dec, 09:15"; "13 to 16, last 15, 6 Dec, 09:15 · usually 0 to 24"
 *
 * @param {ChartData} data
 * @param {number} index
 * @param {TextContext} context
 */
export function barText(data, index, { zone, compare, locale }) {
  const format = /** @type {Intl.DateTimeFormatOptions} */ ({ timeZone: zone, day: 'numeric', month: 'short' });
  const time = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const when = new Intl.DateTimeFormat(locale, data.step === '1d' ? format : { ...format, ...time });
  const { value, lowest, highest, areLevels, usual } = data;
  const [low, high] = [usual?.low[index] ?? null, usual?.high[index] ?? null];
  const areWhole = value.every((one) => one === null || Number.isInteger(one));
  const about = (/** @type {number} */ one) => number(areWhole ? Math.round(one) : one, locale);
  const hasMoved = areLevels && lowest[index] !== highest[index];
  const span = hasMoved ? `${number(lowest[index], locale)} to ${number(highest[index], locale)}, last ` : '';
  const usually = low !== null && high !== null ? ` · usually ${about(low)} to ${about(high)}` : '';
  const text = `${span}${number(value[index], locale)}, ${when.format(data.at[index])}`;
  return `${text}${earlierText(data, index, index, compare, locale)}${usually}`;
}

/**
 * What the bands around a line are.
 * @param {ChartData} data
 */
export const keyText = ({ areLevels, usual }) =>
  [
    ...(areLevels ? ['Around the line: the lowest and the highest within each step.'] : []),
    ...(usual ? ['Dotted, with a pale band: what is usual at this time of the week.'] : []),
  ].join(' ');

/**
 * @param {ChartData} data
 * @param {number} from
 * @param {number} to
 * @param {CompareWith} compare
 * @param {string} [locale]
 */
function earlierText({ areAmounts, earlier }, from, to, compare, locale) {
  if (earlier.length === 0 || (!areAmounts && from !== to)) return '';
  const before = total(earlier, from, to);
  return before === null ? '' : ` · ${number(before, locale)} ${COMPARE_NAMES[compare]}`;
}

/**
 * @param {number | null} value
 * @param {string} [locale]
 */
const number = (value, locale) => (value === null ? 'nothing recorded' : fullNumber(rounded(value), locale));
