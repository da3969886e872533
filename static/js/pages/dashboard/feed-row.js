// @ts-check
/** The texts of an event's row in the feed: when, what, who. Pure. */

import { typeColour } from '../../ui/type-colour.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 */

const SHORT_ID = 8; // characters of an id that tell people apart

/**
 * @typedef {object} FeedRow
 * @property {string} time
 * @property {string} iso
 * @property {string} fullTime
 * @property {string} type
 * @property {number} colour
 * @property {string} who
 * @property {boolean} isNamed  false if `who` is the beginning of an id
 */

/**
 * @param {Pick<AnalyticsEvent, 'eventType' | 'timestamp' | 'userId'>} event
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
    colour: typeColour(eventType),
    who: isNamed ? members[userId] : userId.slice(0, SHORT_ID),
    isNamed,
  };
}
