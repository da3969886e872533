// @ts-check
/** The state of the connection as text for people. Pure: state and time in, text out. */

import { durationText } from '../../ui/number-format.js';

/**
 * @import {ConnectionState} from '../../client/connection-state.js'
 * @import {Tone} from '../../ui/notices.js'
 */

/**
 * @typedef {'connecting' | 'live' | 'catching-up' | 'polling' | 'slow' | 'late' | 'reconnecting'
 *   | 'offline' | 'signed-out' | 'failed' | 'closed'} ConnectionCondition
 */

/**
 * @typedef {object} ConnectionText
 * @property {ConnectionCondition} condition
 * @property {Tone} tone
 * @property {string} word    what the badge says first: "Reconnecting"
 * @property {string} detail  what it says next: "in 4 s (try 2)"
 * @property {string} sentence  the whole of it, in the panel of the badge
 */

/**
 * @param {ConnectionState} state
 * @param {object} context
 * @param {number} context.now          milliseconds since 1970
 * @param {string} context.statsTime      the time of the newest stats, as text
 * @param {boolean} context.areStatsLate
 * @param {number | null} [context.latency]  milliseconds from an event to the screen, where it is known
 * @param {number} [context.backfilled]      missed events so far; 0 when the backfill is over
 * @returns {ConnectionText}
 */
export function connectionText(state, { now, statsTime, areStatsLate, latency = null, backfilled = 0 }) {
  switch (state.phase) {
    case 'connected':
      return connected(state, { statsTime, areStatsLate, latency, backfilled });
    case 'reconnecting':
      return reconnecting(state, waitText(state, now));
    case 'connecting':
      return state.attempt > 0 ? reconnecting(state, withAttempt('now', state)) : connecting();
    case 'offline':
      return offline(state);
    case 'signed-out':
      return describe('signed-out', 'bad', 'Signed out', 'not live', SIGNED_OUT);
    case 'failed':
      return describe('failed', 'bad', 'Stopped', 'not live', state.error?.message ?? ENDED);
    case 'closed':
      return describe('closed', '', 'Disconnected', 'not live', ENDED);
    default:
      return connecting();
  }
}

const ASKING = 'The page is asking the server for the live stream.';
const LIVE = 'The page is live: events appear the moment they are recorded.';
const SLOW = 'The server has trouble of its own: events may come late. Nothing is lost.';
const CATCHING_UP = 'The page is connected again and is being told what it missed. Nothing is lost.';
const LATE = 'The page is connected, but no new figures come from the server. Nothing is lost.';
const POLLING =
  'Something on the way, such as a proxy, holds the live stream back. The page asks every few seconds instead. Nothing is lost.';
const GOES_ON = 'The page goes on when the network is back.';
const SIGNED_OUT = 'You are signed out, so this page has stopped. Sign in to go on.';
const ENDED = 'The connection has ended. Reconnect to go on.';
const TRIES_AGAIN = 'The page tries again by itself and fetches what it missed.';

/** For the reasons that come without an error. */
const ROUTINE_CAUSES = new Map([
  ['shutdown', 'The server is restarting.'],
  ['max-duration', 'The server asked for a fresh connection.'],
]);

/** For a server that refuses a stream for now, where the connection is not lost. */
const REFUSAL_WORDS = new Map([
  ['limit', 'Too many streams'],
  ['maintenance', 'Maintenance'],
  ['unavailable', 'Unavailable'],
]);

const OPEN_CONDITIONS = new Set(['live', 'catching-up', 'slow', 'late', 'polling']);

/** Whether stats and events arrive. @param {ConnectionCondition} condition */
export const isOpen = (condition) => OPEN_CONDITIONS.has(condition);

const connecting = () => describe('connecting', '', 'Connecting', '', ASKING);

/**
 * @param {ConnectionState} state
 * @param {{statsTime: string, areStatsLate: boolean, latency: number | null, backfilled: number}} context
 */
function connected({ degraded, via }, { statsTime, areStatsLate, latency, backfilled }) {
  if (backfilled > 0) {
    return describe('catching-up', 'warn', 'Catching up', `${backfilled} missed events so far`, CATCHING_UP);
  }
  if (areStatsLate) return describe('late', 'warn', 'Late', `figures from ${statsTime}`, LATE);
  if (via === 'polling') return describe('polling', 'warn', 'Polling', `as of ${statsTime}`, POLLING);
  if (degraded) return describe('slow', 'warn', 'Slow', 'events may come late', SLOW);
  return describe('live', 'good', 'Live', latency === null ? `as of ${statsTime}` : latencyText(latency), LIVE);
}

/**
 * The clocks of server and browser are compared to some 20 ms, so less than that is not told apart.
 * @param {number} milliseconds
 */
const latencyText = (milliseconds) => (milliseconds < 25 ? '< 25 ms' : durationText(milliseconds));

/** @param {ConnectionState} state */
const offline = ({ error }) => describe('offline', 'bad', 'Offline', 'no network', `${error?.message} ${GOES_ON}`);

/**
 * @param {ConnectionState} state
 * @param {string} detail
 */
function reconnecting({ error, reason }, detail) {
  const cause = error?.message ?? ROUTINE_CAUSES.get(reason ?? '') ?? 'The connection was lost.';
  const word = REFUSAL_WORDS.get(reason ?? '') ?? 'Reconnecting';
  return describe('reconnecting', 'warn', word, detail, `${cause} ${TRIES_AGAIN}`);
}

/**
 * @param {ConnectionState} state
 * @param {number} now
 */
function waitText(state, now) {
  const seconds = Math.max(1, Math.ceil(((state.retryAt ?? now) - now) / 1000));
  return withAttempt(`in ${waitDuration(seconds)}`, state);
}

/** @param {number} seconds */
const waitDuration = (seconds) => (seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/**
 * @param {string} when
 * @param {ConnectionState} state
 */
function withAttempt(when, { attempt, maxAttempts }) {
  if (attempt === 0) return when;
  return `${when} (try ${attempt}${Number.isFinite(maxAttempts) ? ` of ${maxAttempts}` : ''})`;
}

/**
 * @param {ConnectionCondition} condition
 * @param {Tone} tone
 * @param {string} word
 * @param {string} detail
 * @param {string} sentence
 * @returns {ConnectionText}
 */
const describe = (condition, tone, word, detail, sentence) => ({ condition, tone, word, detail, sentence });
