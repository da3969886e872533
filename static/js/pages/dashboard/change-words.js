// @ts-check
/** How a figure compares with an earlier one, for eyes and for ears. Pure. */

import { exact } from '../../ui/figure.js';

const PERCENT_FROM = 20; // of fewer, one more is 5 % and says less than "1"

/**
 * @typedef {{value: number | null, change: number | null, percent: number | null}} Comparison
 * @typedef {{shown: string, spoken: string}} ChangeWords
 */

/**
 * "▲ 12 %" for many, "▼ 2" for few; a dash where nothing is known of then.
 * @param {Comparison | undefined} comparison
 * @param {string} than  such as "yesterday at this time"
 * @param {string} [locale]
 * @returns {ChangeWords}
 */
export function changeWords(comparison, than, locale) {
  const change = comparison?.change ?? null;
  if (change === null) return { shown: '–', spoken: `nothing known of ${than}` };
  if (change === 0) return { shown: '=', spoken: `the same as ${than}` };
  const amount = size(/** @type {Comparison} */ (comparison), locale);
  const [mark, word] = change > 0 ? ['▲', 'more'] : ['▼', 'less'];
  return { shown: `${mark} ${amount}`, spoken: `${amount} ${word} than ${than}` };
}

/**
 * @param {Comparison} comparison
 * @param {string} [locale]
 */
function size({ value, change, percent }, locale) {
  const share = Math.abs(percent ?? 0);
  if (percent === null || Math.abs(value ?? 0) < PERCENT_FROM || share < 0.5)
    return exact(Math.abs(change ?? 0), locale);
  return `${exact(Math.round(share), locale)} %`;
}
