// @ts-check
/** What the chart asks the server for: amounts or levels, of which metric, in which step. Pure. */

import { amountStep, shownRange, withStep } from './chart-range.js';
import { comparedRange } from './page-range.js';

/**
 * @import {HistoryRetention} from './chart-range.js'
 * @import {EventFilter} from './feed-filter.js'
 * @import {TimeRange} from './metrics-api.js'
 * @import {PageRange} from './page-range.js'
 * @import {CompareWith, PageView} from './page-state.js'
 */

/**
 * @typedef {object} ChartQuery
 * @property {'amounts' | 'levels'} kind  amounts are counted per bucket; levels are figures of a moment
 * @property {string} metric  "messages", "events" or an event type for amounts; the name of a metric for levels
 * @property {TimeRange} time
 * @property {PageRange} range  of the page, which `time` contains
 * @property {TimeRange | null} compared
 * @property {CompareWith} compare
 * @property {EventFilter} filter  as far as it can be obeyed
 */

const DEFAULT_METRIC = 'messagesToday';
const NO_FILTER = { type: '', user: '', channel: '' };

/** The cards whose metric is a sum of events: what is drawn is how many there were per bucket.
 * @type {Record<string, string>} */
const AMOUNTS = { messages: 'messages', messagesToday: 'messages', messagesLastHour: 'messages', events: 'events' };

/** The metric whose card is chosen. @param {PageView} view */
export const metricOf = ({ metric }) => metric || DEFAULT_METRIC;

/** What is counted for this metric; undefined if it is a level. @param {string} metric @returns {string | undefined} */
export const amountOf = (metric) => (Object.hasOwn(AMOUNTS, metric) ? AMOUNTS[metric] : undefined);

/**
 * @param {PageView} view
 * @param {PageRange} range
 * @param {number} now
 * @param {string} zone
 * @param {HistoryRetention} retention
 * @returns {ChartQuery}
 */
export function chartQuery(view, range, now, zone, retention) {
  const { compare, type, user, channel } = view;
  const metric = metricOf(view);
  const shown = shownRange(range, now);
  const compared = comparedRange(shown, compare, zone);
  const amount = amountOf(metric);
  if (amount) {
    const step = amountStep(shown);
    return {
      kind: 'amounts',
      metric: type || amount,
      time: { ...shown, step },
      range,
      compared: compared && { ...compared, step },
      compare,
      filter: { type, user, channel },
    };
  }
  const time = withStep(shown, now, retention, compared ? shown.since - compared.since : 0);
  return {
    kind: 'levels',
    metric,
    time,
    range,
    compared: compared && { ...compared, step: time.step },
    compare,
    filter: NO_FILTER,
  };
}

/**
 * Whether an event of the stream is one more in the chart.
 * @param {ChartQuery} query
 * @param {{eventType: string, userId?: string, channelId?: string}} event
 */
export function isCounted({ kind, metric, filter: { user, channel } }, { eventType, userId = '', channelId = '' }) {
  if (kind !== 'amounts') return false;
  const isOfMetric = metric === 'events' || eventType === (metric === 'messages' ? 'message.sent' : metric);
  return isOfMetric && (user === '' || user === userId) && (channel === '' || channel === channelId);
}
