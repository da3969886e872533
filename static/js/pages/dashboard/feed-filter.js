// @ts-check
/** The filter of the feed, and its parameters of the events API. Pure. */

const NAMES = /** @type {const} */ (['type', 'user', 'channel']);

/** @typedef {{type: string, user: string, channel: string}} FeedFilter  empty = all of them */

/**
 * The filter of the page's state.
 * @param {FeedFilter} view
 * @returns {FeedFilter}
 */
export const filterOf = ({ type, user, channel }) => ({ type, user, channel });

/**
 * The same query with this filter; other parameters stay.
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
export const isEmptyFilter = (filter) => NAMES.every((name) => filter[name] === '');

/**
 * Whether an event of the stream matches, as far as it is known: it does not contain the channel.
 * @param {FeedFilter} filter
 * @param {{eventType: string, userId?: string}} event
 */
export const matches = ({ type, user }, { eventType, userId = '' }) =>
  (type === '' || type === eventType) && (user === '' || user === userId);

/**
 * Whether only the server knows which of the arriving events match.
 * @param {FeedFilter} filter
 */
export const needsServer = ({ channel }) => channel !== '';
