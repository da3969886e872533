// @ts-check
/**
 * The one state of the dashboard, held in its address: range, comparison, filter, metric and open event. It prevents
 * that two parts of the page show different stretches of time, and makes each step shareable and undone by Back.
 *
 *     const state = new PageState();                      // one for the page, made in main.js
 *     state.view                                          // frozen PageView, read from the address
 *     state.subscribe((view, before) => …)                // after every change, Back and Forward included
 *     state.change({ user: 'u-1' })                       // one step of the history; nothing if nothing changes
 *     state.change({ range: 'yesterday' })                // a named range; `since` and `until` are then dropped
 *     state.change({ since: 1764…, until: 1764… })        // milliseconds; the range is then 'custom'
 *     state.close('event')                                // goes back to before it was opened
 *     state.hrefWith({ type: 'task.created' })            // the address of a link
 *
 * What a range means in time is in page-range.js: `timeRangeOf(view, now, zone)`.
 */

/**
 * @typedef {'live' | 'today' | 'yesterday' | '24h' | '7d' | '30d' | 'custom'} RangeName
 * @typedef {'none' | 'previous' | 'yesterday' | 'lastWeek'} CompareWith
 *
 * @typedef {object} PageView
 * @property {RangeName} range
 * @property {number | null} since  milliseconds since 1970; null unless the range is custom
 * @property {number | null} until  null also for a custom range that is not over
 * @property {CompareWith} compare
 * @property {string} type     of events; empty: all of them
 * @property {string} user     id; empty: everybody
 * @property {string} channel  without #; empty: all of them
 * @property {string} metric   of the chart: that of a card, "events" or "messages"; empty: the default
 * @property {string} q        the text that the feed is searched for; empty: no search
 * @property {string} event    id of the one that is open; empty: none
 *
 * @typedef {(view: Readonly<PageView>, before: Readonly<PageView>) => void} PageViewListener
 */

/** @type {readonly RangeName[]} */
const NAMED_RANGES = ['live', 'today', 'yesterday', '24h', '7d', '30d'];
/** @type {readonly CompareWith[]} */
const COMPARISONS = ['none', 'previous', 'yesterday', 'lastWeek'];
const TEXTS = /** @type {const} */ (['type', 'user', 'channel', 'metric', 'q', 'event']);
/** `before` and `range=1h` are of addresses that an earlier version made. */
const NAMES = ['since', 'until', 'range', 'compare', 'before', ...TEXTS];

/** @type {Readonly<PageView>} */
const DEFAULT_VIEW = Object.freeze({
  range: 'live',
  since: null,
  until: null,
  compare: 'none',
  type: '',
  user: '',
  channel: '',
  metric: '',
  q: '',
  event: '',
});

/**
 * The state that an address names; what is invalid in it counts as left out. Pure.
 * @param {URLSearchParams} query
 * @returns {Readonly<PageView>}
 */
export function readView(query) {
  const text = (/** @type {string} */ name) => (query.get(name) ?? '').trim();
  const texts = Object.fromEntries(TEXTS.map((name) => [name, text(name)]));
  texts.channel = texts.channel.replace(/^#+/, '');
  return Object.freeze({ ...DEFAULT_VIEW, ...texts, ...readRange(query), compare: readComparison(query) });
}

/**
 * The query of an address with this state; other parameters stay. Pure.
 * @param {URLSearchParams} query
 * @param {PageView} view
 */
export function withView(query, view) {
  const changed = new URLSearchParams(query);
  for (const name of NAMES) changed.delete(name);
  if (view.since !== null) changed.set('since', momentText(view.since));
  else if (view.range !== 'live') changed.set('range', view.range);
  if (view.since !== null && view.until !== null) changed.set('until', momentText(view.until));
  if (view.compare !== 'none') changed.set('compare', view.compare);
  for (const name of TEXTS) if (view[name]) changed.set(name, view[name]);
  return changed;
}

/**
 * A state after a change: a named range replaces a custom one, and the other way round. Pure.
 * @param {PageView} view
 * @param {Partial<PageView>} change
 * @returns {Readonly<PageView>}
 */
export function changedView(view, change) {
  const next = { ...view, ...change };
  if (change.since != null) next.range = 'custom';
  else if (change.range !== undefined && change.range !== 'custom') [next.since, next.until] = [null, null];
  return Object.freeze(next);
}

/** Whether two states show the same stretch of time. @param {PageView} one @param {PageView} other */
export const isSameRange = (one, other) =>
  one.range === other.range && one.since === other.since && one.until === other.until;

/** Whether two states have the same filter. @param {PageView} one @param {PageView} other */
export const isSameFilter = (one, other) =>
  one.type === other.type && one.user === other.user && one.channel === other.channel;

export class PageState {
  /** @type {Readonly<PageView>} */
  #view;
  /** @type {PageViewListener[]} */
  #listeners = [];

  constructor() {
    this.#view = readView(new URLSearchParams(location.search));
    addEventListener('popstate', () => this.#apply(readView(new URLSearchParams(location.search))));
  }

  get view() {
    return this.#view;
  }

  /** @param {PageViewListener} listener */
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /**
   * @param {Partial<PageView>} change
   * @param {{replace?: boolean}} [options]  `replace`: no step of its own for Back
   */
  change(change, { replace = false } = {}) {
    const next = changedView(this.#view, change);
    const href = this.hrefWith(change);
    if (href === this.hrefWith({})) return;
    const opened = change.event ? 'event' : null;
    if (replace) history.replaceState(history.state, '', href);
    else history.pushState({ opened }, '', href);
    this.#apply(next);
  }

  /**
   * Closes what is open: by going back if opening it was the last step, so that Back does not open it again.
   * @param {'event'} what
   */
  close(what) {
    if (!this.#view[what]) return;
    if (history.state?.opened === what) history.back();
    else this.change({ [what]: '' }, { replace: true });
  }

  /**
   * The address of this page after a change.
   * @param {Partial<PageView>} change
   */
  hrefWith(change) {
    const query = withView(new URLSearchParams(location.search), changedView(this.#view, change)).toString();
    return `${location.pathname}${query && `?${query.replaceAll('%3A', ':')}`}${location.hash}`;
  }

  /** @param {Readonly<PageView>} next */
  #apply(next) {
    const before = this.#view;
    this.#view = next;
    for (const listener of this.#listeners) listener(next, before);
  }
}

/** @param {URLSearchParams} query @returns {Pick<PageView, 'range' | 'since' | 'until'>} */
function readRange(query) {
  const [since, until] = ['since', 'until'].map((name) => momentIn(query.get(name)));
  if (since !== null && (until === null || since < until)) return { range: 'custom', since, until };
  const range = NAMED_RANGES.find((name) => name === query.get('range')) ?? 'live';
  return { range, since: null, until: null };
}

/** @param {URLSearchParams} query @returns {CompareWith} */
function readComparison(query) {
  if (query.get('before') === '1') return 'previous';
  return COMPARISONS.find((name) => name === query.get('compare')) ?? 'none';
}

/** @param {string | null} text  ISO 8601; UTC without an offset */
function momentIn(text) {
  const moment = Date.parse(text && /T[^Z+-]*$/i.test(text) ? `${text}Z` : (text ?? ''));
  return Number.isNaN(moment) ? null : moment;
}

/** "2025-12-06T09:20:00Z": without milliseconds that are none. @param {number} moment */
const momentText = (moment) => new Date(moment).toISOString().replace('.000Z', 'Z');
