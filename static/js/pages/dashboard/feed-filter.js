// @ts-check
/** Which events the feed shows, as the page's address says it and as the events API takes it. Pure. */

const NAMES = /** @type {const} */ (['type', 'user', 'channel']);

/** @typedef {{type: string, user: string, channel: string}} FeedFilter  empty = all of them */

/**
 * @param {URLSearchParams} query
 * @returns {FeedFilter}
 */
export function filterIn(query) {
  const [type, user, channel] = NAMES.map((name) => (query.get(name) ?? '').trim());
  return { type, user, channel };
}

/**
 * The same query with this filter in it; what else is there stays.
 * @param {URLSearchParams} query
 * @param {FeedFilter} filter
 */
export function withFilter(query, filter) {
  const changed = new URLSearchParams(query);
  for (const name of NAMES) {
    if (filter[name]) changed.set(name, filter[name]);
    else changed.delete(name);
  }
  return changed;
}

/** @param {FeedFilter} filter */
export const isOpenFilter = (filter) => NAMES.every((name) => filter[name] === '');

/**
 * Whether an event as the stream tells it fits, as far as that can be told: it does not say its channel.
 * @param {FeedFilter} filter
 * @param {{eventType: string, userId?: string}} event
 */
export const fits = ({ type, user }, { eventType, userId = '' }) =>
  (type === '' || type === eventType) && (user === '' || user === userId);

/**
 * Whether the server has to be asked which of the arriving events fit.
 * @param {FeedFilter} filter
 */
export const needsServer = ({ channel }) => channel !== '';
