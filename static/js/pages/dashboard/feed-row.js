// @ts-check
/** The texts of an event's row in the feed: when, what, who, where; and of the line between two days. Pure. */

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
 * @property {string} where  "#general"; the task's or orchestrator's id; empty for an event of neither
 * @property {string} date  "2025-12-06", in the workspace's zone
 * @property {string} weekday  "Saturday, 6 December"
 */

/**
 * @param {Pick<AnalyticsEvent, 'eventType' | 'timestamp' | 'userId' | 'channelId' | 'taskId' | 'orchestratorId'>} event
 * @param {Record<string, string>} members  names by user id
 * @param {Clock} clock
 * @returns {FeedRow}
 */
export function feedRow(event, members, clock) {
  const { eventType, timestamp, userId = '' } = event;
  const isNamed = Object.hasOwn(members, userId);
  return {
    time: clock.time(timestamp),
    iso: timestamp,
    fullTime: clock.full(timestamp),
    type: eventType,
    colour: typeColour(eventType),
    who: isNamed ? members[userId] : userId.slice(0, SHORT_ID),
    isNamed,
    where: whereText(event),
    date: clock.date(timestamp),
    weekday: clock.weekday(timestamp),
  };
}

/** @param {Pick<AnalyticsEvent, 'channelId' | 'taskId' | 'orchestratorId'>} event */
function whereText({ channelId, taskId, orchestratorId }) {
  if (channelId !== undefined) return `#${channelId}`;
  return taskId ?? orchestratorId ?? '';
}

const DAY = 24 * 3600_000; // milliseconds

/**
 * What the line above the rows of a day says: "Today", "Yesterday", "Saturday, 6 December".
 * @param {Pick<FeedRow, 'date' | 'weekday'>} row
 * @param {Pick<Clock, 'date'>} clock
 * @param {number} now  milliseconds since 1970
 */
export function dayText({ date, weekday }, clock, now) {
  if (date === clock.date(now)) return 'Today';
  // Noon of the day: a clock change moves midnight, not this.
  return Date.parse(`${clock.date(now)}T12:00Z`) - Date.parse(`${date}T12:00Z`) === DAY ? `Yesterday, ${weekday}` : weekday;
}
