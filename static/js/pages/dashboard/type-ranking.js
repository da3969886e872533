// @ts-check
/** Today's event types in the order in which they are shown, with the length of their bars. Pure. */

import { hueOf } from '../../ui/type-colour.js';

/**
 * @typedef {object} RankedType
 * @property {string} type
 * @property {number} count
 * @property {number} share  of the most frequent type: 0 to 1
 * @property {number} hue
 */

/** Under this name the server sums the types that it does not list. */
const OTHER = 'other';

/**
 * @param {Record<string, number>} counts  by event type
 * @returns {{ranked: RankedType[], total: number, others: number}} `others` are events of types beyond the list
 */
export function rankTypes(counts) {
  const { [OTHER]: others = 0, ...listed } = counts;
  const sorted = Object.entries(listed).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const most = sorted[0]?.[1] ?? 0;
  return {
    ranked: sorted.map(([type, count]) => ({ type, count, share: count / most, hue: hueOf(type) })),
    total: sorted.reduce((sum, [, count]) => sum + count, others),
    others,
  };
}
