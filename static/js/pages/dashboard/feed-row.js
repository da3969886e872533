// @ts-check
/** One event as the feed tells it: when, what, who. */

import { hueOf } from '../../ui/type-colour.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 */

/** How much of an id is enough to tell people apart. */
const SHORT_ID = 8;

/**
 * @typedef {object} FeedRow
 * @property {string} time
 * @property {string} iso
 * @property {string} fullTime
 * @property {string} type
 * @property {number} hue
 * @property {string} who
 * @property {boolean} isNamed  false where `who` is the beginning of an id
 */

/**
 * @param {AnalyticsEvent} event
 * @param {Record<string, string>} members  names by user id
 * @param {Clock} clock
 * @returns {FeedRow}
 */
export function feedRow({ eventType, timestamp, userId = '' }, members, clock) {
  const isNamed = Object.hasOwn(members, userId);
  return {
    time: clock.time(timestamp),
    iso: timestamp,
    fullTime: clock.full(timestamp),
    type: eventType,
    hue: hueOf(eventType),
    who: isNamed ? members[userId] : userId.slice(0, SHORT_ID),
    isNamed,
  };
}
