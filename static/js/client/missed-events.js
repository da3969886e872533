// @ts-check
/** Fetches the events after a cursor from the event log, as the frames that a stream would have brought. */

import { parseCursor } from './cursor.js';

/**
 * @import {Api, LogEntry} from './api.js'
 * @import {Frame} from './transport.js'
 */

/** As much as the server's own backfill of a stream; a client that missed more starts over from the snapshot. */
const MAX_PAGES = 10;

/**
 * @param {Api} api
 * @param {string} cursor
 * @param {AbortSignal} [signal]
 * @returns {Promise<Frame[]>}  the missed events in order; or one `reset`, whose id is the new cursor, if the log
 *     cannot continue from there; rejects with a PulseError
 */
export async function fetchMissedFrames(api, cursor, signal) {
  const from = parseCursor(cursor);
  /** @type {Frame[]} */
  const frames = [];
  let after = from?.seq ?? 0;
  for (let page = 0; from && page < MAX_PAGES; page += 1) {
    const { data, meta } = await api.eventsAfter(after, signal);
    if (!meta.lastEventId.startsWith(`${from.epoch}-`) || hasGap(data, after)) break;
    frames.push(...data.map((entry) => frameOf(entry, from.epoch)));
    if (!meta.hasMore) return frames;
    after = meta.nextAfter;
  }
  return [{ event: 'reset', data: {}, id: await api.head(signal) }];
}

/**
 * Sequence numbers have no gaps, so a missing one has been removed by retention.
 * @param {LogEntry[]} entries
 * @param {number} after
 */
const hasGap = (entries, after) => entries.length > 0 && entries[0].seq !== after + 1;

/**
 * @param {LogEntry} entry
 * @param {string} epoch
 * @returns {Frame}
 */
function frameOf({ seq, sessionId: _, ...data }, epoch) {
  return { event: 'event', data, id: `${epoch}-${seq}` };
}
