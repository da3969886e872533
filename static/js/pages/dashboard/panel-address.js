// @ts-check
/** What the address says of the open panel: which figure, which range, and whether beside the one before. Pure. */

import { rangeOf } from './chart-range.js';

/** @typedef {{metric: string, range: string, before: boolean}} Shown */

/**
 * @param {string} address
 * @returns {Shown | null} null while no panel is open
 */
export function readAddress(address) {
  const { searchParams } = new URL(address);
  const metric = searchParams.get('metric');
  return metric
    ? { metric, range: rangeOf(searchParams.get('range')), before: searchParams.get('before') === '1' }
    : null;
}

/**
 * The address with this panel, or none; whatever else it says stays.
 * @param {string} address
 * @param {Shown | null} shown
 */
export function withPanel(address, shown) {
  const url = new URL(address);
  for (const name of ['metric', 'range', 'before']) url.searchParams.delete(name);
  if (shown) {
    url.searchParams.set('metric', shown.metric);
    url.searchParams.set('range', shown.range);
    if (shown.before) url.searchParams.set('before', '1');
  }
  return url.href;
}
