// @ts-check
/** What the server already knew when it rendered the page, from the page's JSON block. */

/**
 * @typedef {object} PageData
 * @property {{id: string, slug: string, name: string, timezone: string}} workspace
 * @property {Record<string, string>} members  names by user id
 * @property {KnownType[]} eventTypes
 * @property {import('../../client/api.js').Stats} stats
 * @property {{data: import('./presence-words.js').PresenceData, meta: {timestamp: string}}} presence
 * @property {import('../../client/options.js').AnalyticsEvent[]} events  the newest, oldest first
 * @property {string} lastEventId  the cursor after those events
 * @property {import('./chart-range.js').Kept} history
 */

/** @typedef {{name: string, meaning: string, example: Record<string, unknown>}} KnownType */

/** @returns {PageData} */
export function readPageData() {
  return JSON.parse(/** @type {HTMLElement} */ (document.getElementById('page-data')).textContent ?? '');
}
