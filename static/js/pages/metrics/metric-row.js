// @ts-check
/** One row of the list of metrics: what a metric is, and what it comes to. */

import { write } from '../admin/row-list.js';

/** @typedef {import('./metric-api.js').Metric} Metric */

const FIGURE = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** @param {Metric} metric */
export const calledBy = (metric) => metric.title || metric.name;

/**
 * @param {HTMLElement} row
 * @param {Metric} metric
 * @param {import('./metric-api.js').Figures} figures
 */
export function fillRow(row, metric, figures) {
  const pauses = metric.paused ? 'Resume' : 'Pause';
  write(row, '.metric-title', calledBy(metric));
  write(row, '.metric-name', `custom.${metric.name}`);
  write(row, '.metric-meaning', metric.meaning);
  write(row, '.metric-unit', metric.unit);
  write(row, '.metric-paused span', metric.paused ? `Paused. ${metric.pausedBecause ?? ''}` : '');
  part(row, '.metric-paused').hidden = !metric.paused;
  write(row, '.metric-pause', pauses);
  for (const [selector, verb] of [['change', 'Change'], ['pause', pauses], ['remove', 'Remove']]) {
    part(row, `.metric-${selector}`).ariaLabel = `${verb} ${calledBy(metric)}`;
  }
  tell(row, metric, figures);
}

/**
 * @param {HTMLElement} row
 * @param {Metric} metric
 * @param {import('./metric-api.js').Figures} figures
 */
function tell(row, { name }, { custom = {}, stale = {} }) {
  const value = custom[name];
  if (value === undefined) return; // made since these figures
  const age = stale[`custom.${name}`];
  write(row, '.metric-value', value === null ? '–' : FIGURE.format(value));
  write(row, '.metric-age', age ? `as of ${Math.round(age)} s ago` : '');
}

/**
 * @param {HTMLElement} row
 * @param {string} selector
 */
const part = (row, selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
