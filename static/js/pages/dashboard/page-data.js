// @ts-check
/** The data of the page at the time of its rendering, from its JSON block. */

import { byId } from '../../ui/dom.js';

/**
 * @import {BreakdownResponse} from './breakdown-rows.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {HistoryRetention} from './chart-range.js'
 * @import {DashboardStats} from './metric-text.js'
 * @import {PresenceResponse} from './presence.js'
 */

/**
 * @typedef {object} DashboardData
 * @property {{id: string, slug: string, name: string, timezone: string}} workspace
 * @property {Record<string, string>} members  names by user id
 * @property {EventTypeInfo[]} eventTypes
 * @property {DashboardStats} stats
 * @property {PresenceResponse} presence
 * @property {BreakdownResponse | null} breakdown  types of the last hour; null if the page shows something else
 * @property {AnalyticsEvent[]} events  the newest, oldest first
 * @property {string} lastEventId  the cursor after those events
 * @property {HistoryRetention} history
 */

/** @typedef {{name: string, meaning: string, example: Record<string, unknown>}} EventTypeInfo */

/** @returns {DashboardData} */
export function readDashboardData() {
  return JSON.parse(byId('page-data', HTMLScriptElement).textContent ?? '');
}
