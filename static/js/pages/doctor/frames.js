// @ts-check
/** What the frames of a watched stream tell: how late each came. Pure. */

/** @import {StreamWatch} from './stream-watch.js' */

/** Milliseconds after which a line that says nothing is given up; the dashboard waits no longer either. */
export const MUTE_AFTER = 10_000;

/**
 * The frames after the first ones, each with its delay against the server's own clock, whatever that may be.
 * @param {StreamWatch} stream
 * @returns {{at: number, took: number}[]}
 */
export function laterFrames(stream) {
  const greeting = stream.first('connected');
  if (!greeting) return [];
  const begun = Date.parse(greeting.data.timestamp);
  return stream.frames
    .filter(({ event }) => event === 'stats' || event === 'ping')
    .map(({ data, at }) => ({ at, sentAt: new Date(data.timestamp).getTime() }))
    .filter(({ sentAt }) => sentAt > begun)
    .map(({ at, sentAt }) => ({ at, took: at - sentAt }));
}

