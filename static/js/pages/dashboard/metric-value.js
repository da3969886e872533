// @ts-check
/** A metric's figure in what the server tells: built-in ones by name, the workspace's own beneath `custom`. */

const PREFIX = 'custom.';

/**
 * @param {Record<string, any>} stats
 * @param {string} metric  such as "activeUsers" or "custom.bigOrders"
 * @returns {number | null} null where it is not known
 */
export function metricValue(stats, metric) {
  const value = metric.startsWith(PREFIX) ? stats.custom?.[metric.slice(PREFIX.length)] : stats[metric];
  return typeof value === 'number' ? value : null;
}
