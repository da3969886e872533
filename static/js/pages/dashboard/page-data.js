// @ts-check
/** What the server already knew when it rendered the page, from the page's JSON block. */

/**
 * @import {Stats} from '../../client/api.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Kept} from './chart-range.js'
 * @import {PresenceData} from './presence-words.js'
 */

/**
 * @typedef {object} PageData
 * @property {{id: string, slug: string, name: string, timezone: string}} workspace
 * @property {Record<string, string>} members  names by user id
 * @property {KnownType[]} eventTypes
 * @property {Stats} stats
 * @property {{data: PresenceData, meta: {timestamp: string}}} presence
 * @property {AnalyticsEvent[]} events  the newest, oldest first
 * @property {string} lastEventId  the cursor after those events
 * @property {Kept} history
 */

/** @typedef {{name: string, meaning: string, example: Record<string, unknown>}} KnownType */

/** @returns {PageData} */
export function readPageData() {
  return JSON.parse(/** @type {HTMLElement} */ (document.getElementById('page-data')).textContent ?? '');
}
