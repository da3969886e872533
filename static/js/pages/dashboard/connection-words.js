// @ts-check
/** What the connection is doing, in words a person says. Pure: state and time in, words out. */

import { latencyWords } from '../../ui/latency.js';

/** @import {ConnectionState} from '../../client/connection-state.js' */

/**
 * @typedef {'connecting' | 'live' | 'catching-up' | 'polling' | 'slow' | 'late' | 'reconnecting' | 'offline' | 'signed-out' | 'failed' | 'closed'
 *   } Condition
 * @typedef {'good' | 'warn' | 'bad' | ''} Tone
 */

/**
 * @typedef {object} ConnectionWords
 * @property {Condition} condition
 * @property {Tone} tone
 * @property {string} word    what the badge says first: "Reconnecting"
 * @property {string} detail  what it says next: "in 4 s (try 2)"
 * @property {string} sentence  the whole of it, for whoever asks
 */

/**
 * @param {ConnectionState} state
 * @param {object} context
 * @param {number} context.now          milliseconds since 1970
 * @param {string} context.heardAt      the time of the newest figures, as text
 * @param {boolean} context.areFiguresLate
 * @param {number | null} [context.latency]  milliseconds from an event to the screen, where it is known
 * @param {number} [context.catchingUp]      missed events that have been told so far; 0 when all have
 * @returns {ConnectionWords}
 */
export function connectionWords(state, { now, heardAt, areFiguresLate, latency = null, catchingUp = 0 }) {
  switch (state.phase) {
    case 'connected':
      return connected(state, { heardAt, areFiguresLate, latency, catchingUp });
    case 'reconnecting':
      return reconnecting(state, waiting(state, now));
    case 'connecting':
      return state.attempt > 0 ? reconnecting(state, tried('now', state)) : connecting();
    case 'offline':
      return offline(state);
    case 'signed-out':
      return words('signed-out', 'bad', 'Signed out', 'not live', SIGNED_OUT);
    case 'failed':
      return words('failed', 'bad', 'Stopped', 'not live', state.error?.message ?? ENDED);
    case 'closed':
      return words('closed', '', 'Disconnected', 'not live', ENDED);
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

/** What the client has no error for. */
const CAUSES = new Map([
  ['shutdown', 'The server is restarting.'],
  ['max-duration', 'The server asked for a fresh connection.'],
]);

/** What the badge says where the server refuses a stream for now: that is no lost line. */
const BADGES = new Map([
  ['limit', 'Too many streams'],
  ['maintenance', 'Maintenance'],
  ['unavailable', 'Unavailable'],
]);

const OPEN = new Set(['live', 'catching-up', 'slow', 'late', 'polling']);

/** Whether figures and events arrive. @param {Condition} condition */
export const isOpen = (condition) => OPEN.has(condition);

const connecting = () => words('connecting', '', 'Connecting', '', ASKING);

/**
 * @param {ConnectionState} state
 * @param {{heardAt: string, areFiguresLate: boolean, latency: number | null, catchingUp: number}} context
 */
function connected({ degraded, via }, { heardAt, areFiguresLate, latency, catchingUp }) {
  if (catchingUp > 0) {
    return words('catching-up', 'warn', 'Catching up', `${catchingUp} missed events so far`, CATCHING_UP);
  }
  if (areFiguresLate) return words('late', 'warn', 'Late', `figures from ${heardAt}`, LATE);
  if (via === 'polling') return words('polling', 'warn', 'Polling', `as of ${heardAt}`, POLLING);
  if (degraded) return words('slow', 'warn', 'Slow', 'events may come late', SLOW);
  return words('live', 'good', 'Live', latency === null ? heardAt : latencyWords(latency), LIVE);
}

/** @param {ConnectionState} state */
const offline = ({ error }) => words('offline', 'bad', 'Offline', 'no network', `${error?.message} ${GOES_ON}`);

/**
 * @param {ConnectionState} state
 * @param {string} detail
 */
function reconnecting({ error, reason }, detail) {
  const cause = error?.message ?? CAUSES.get(reason ?? '') ?? 'The connection was lost.';
  return words('reconnecting', 'warn', BADGES.get(reason ?? '') ?? 'Reconnecting', detail, `${cause} ${TRIES_AGAIN}`);
}

/**
 * @param {ConnectionState} state
 * @param {number} now
 */
function waiting(state, now) {
  const seconds = Math.max(1, Math.ceil(((state.retryAt ?? now) - now) / 1000));
  return tried(`in ${duration(seconds)}`, state);
}

/** @param {number} seconds */
const duration = (seconds) => (seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/**
 * @param {string} when
 * @param {ConnectionState} state
 */
function tried(when, { attempt, maxAttempts }) {
  if (attempt === 0) return when;
  return `${when} (try ${attempt}${Number.isFinite(maxAttempts) ? ` of ${maxAttempts}` : ''})`;
}

/**
 * @param {Condition} condition
 * @param {Tone} tone
 * @param {string} word
 * @param {string} detail
 * @param {string} sentence
 * @returns {ConnectionWords}
 */
const words = (condition, tone, word, detail, sentence) => ({ condition, tone, word, detail, sentence });
