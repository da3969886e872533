// @ts-check
/** What a cursor has missed, read from the log, as the frames that a stream would have brought. */

import { parseCursor } from './cursor.js';

/**
 * @import {Api, LogEntry} from './api.js'
 * @import {Frame} from './transport.js'
 */

/** As much as the server's stream makes up for; who missed more starts over from the snapshot. */
const MOST_PAGES = 10;

/**
 * @param {Api} api
 * @param {string} cursor
 * @param {AbortSignal} [signal]
 * @returns {Promise<Frame[]>}  the missed events in order; or one `reset`, whose id is the new cursor, where the
 *     log cannot go on from there; rejects with a PulseError
 */
export async function missedFrames(api, cursor, signal) {
  const from = parseCursor(cursor);
  /** @type {Frame[]} */
  const frames = [];
  let after = from?.seq ?? 0;
  for (let page = 0; from && page < MOST_PAGES; page += 1) {
    const { data, meta } = await api.eventsAfter(after, signal);
    if (!meta.lastEventId.startsWith(`${from.epoch}-`) || leavesGap(data, after)) break;
    frames.push(...data.map((entry) => frameOf(entry, from.epoch)));
    if (!meta.hasMore) return frames;
    after = meta.nextAfter;
  }
  return [{ event: 'reset', data: {}, id: await api.head(signal) }];
}

/**
 * Numbers have no gaps, so one that is not there has been dropped for its age.
 * @param {LogEntry[]} entries
 * @param {number} after
 */
const leavesGap = (entries, after) => entries.length > 0 && entries[0].seq !== after + 1;

/**
 * @param {LogEntry} entry
 * @param {string} epoch
 * @returns {Frame}
 */
function frameOf({ seq, eventType, userId, timestamp, eventId }, epoch) {
  return { event: 'event', data: { eventType, userId, timestamp, eventId }, id: `${epoch}-${seq}` };
}
