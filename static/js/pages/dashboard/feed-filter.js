// @ts-check
/** Which events the feed shows, and the parameters of the events API for them. Pure. */

/**
 * @import {PageRange} from './page-range.js'
 * @import {PageView} from './page-state.js'
 */

const NAMES = /** @type {const} */ (['type', 'user', 'channel', 'q']);

/**
 * @typedef {{type: string, user: string, channel: string}} EventFilter  empty = all of them
 *
 * @typedef {object} FeedPeriod  in milliseconds
 * @property {number | null} since  null = from the beginning of the log
 * @property {number | null} until  null = it goes on
 *
 * @typedef {EventFilter & FeedPeriod & {q: string}} FeedFilter  `q`: a text that is searched; empty = no search
 */

/**
 * The filter of the page's state. A live page shows the newest events, however old they are.
 * @param {PageView} view
 * @param {PageRange} range
 * @returns {FeedFilter}
 */
export const filterOf = ({ range: name, until: end, type, user, channel, q }, { since, until, isOpen }) => ({
  type,
  user,
  channel,
  q,
  since: name === 'live' ? null : since,
  until: end ?? (isOpen ? null : until),
});

/**
 * The same query with this filter; other parameters stay.
 * @param {URLSearchParams} query
 * @param {FeedFilter} filter
 */
export function withFilter(query, filter) {
  const changed = new URLSearchParams(query);
  for (const name of NAMES) if (filter[name]) changed.set(name, filter[name]);
  if (filter.since !== null) changed.set('since', new Date(filter.since).toISOString());
  if (filter.until !== null) changed.set('until', new Date(filter.until).toISOString());
  return changed;
}

/** Whether every event belongs in the feed. @param {FeedFilter} filter */
export const isEmptyFilter = (filter) => NAMES.every((name) => filter[name] === '') && filter.since === null;

/**
 * Whether an event of the stream belongs in the feed. Of a search, a frame has the type and the id; what matches by its
 * session or data alone is found by the next search.
 * @param {FeedFilter} filter
 * @param {{eventType: string, eventId: string, userId?: string, channelId?: string, timestamp: string}} event
 */
export function matches({ type, user, channel, q, since, until }, { eventType, eventId, userId, channelId, timestamp }) {
  const at = Date.parse(timestamp);
  const isOfTime = (since === null || at >= since) && (until === null || at < until);
  const isOf = (/** @type {string} */ wanted, /** @type {string | undefined} */ own) => wanted === '' || wanted === own;
  const has = (/** @type {string} */ text) => text.toLowerCase().includes(q.toLowerCase());
  return (has(eventType) || has(eventId)) && isOfTime && isOf(type, eventType) && isOf(user, userId) && isOf(channel, channelId);
}
